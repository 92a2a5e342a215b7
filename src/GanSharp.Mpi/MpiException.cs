namespace GanSharp.Mpi;

/// <summary>Processes that train together can't go on together. The message says which rank did what.</summary>
public sealed class MpiException : Exception
{
    /// <summary>With a message of its own.</summary>
    /// <param name="message">Which rank did what.</param>
    public MpiException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and a cause.</summary>
    /// <param name="message">Which rank did what.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public MpiException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Without one.</summary>
    public MpiException()
    {
    }
}
