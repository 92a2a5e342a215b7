namespace GanSharp.Onnx;

/// <summary>A network can't be written as ONNX: a module has no rule, or what the rules wrote computes something else. No file was written.</summary>
public sealed class OnnxExportException : Exception
{
    /// <summary>Without a module.</summary>
    public OnnxExportException()
    {
    }

    /// <summary>Says what is wrong.</summary>
    /// <param name="message">What is wrong.</param>
    public OnnxExportException(string message)
        : base(message)
    {
    }

    /// <summary>Says what is wrong, and why.</summary>
    /// <param name="message">What is wrong.</param>
    /// <param name="innerException">The cause.</param>
    public OnnxExportException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Class of the module that has no rule; null where something else is wrong.</summary>
    public Type? ModuleType { get; init; }

    /// <summary>Where the module is in the network, such as "body.activation1"; empty for the network itself.</summary>
    public string ModulePath { get; init; } = "";
}
