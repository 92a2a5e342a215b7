namespace GanSharp.Mpi;

/// <summary>Processes that train together can't go on together. The message says which rank did what.</summary>
public sealed class MpiException : Exception
{
    /// <summary>With a message of its own.</summary>
    public MpiException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and a cause.</summary>
    public MpiException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Without one.</summary>
    public MpiException()
    {
    }
}
