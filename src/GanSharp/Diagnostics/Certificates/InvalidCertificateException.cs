namespace GanSharp.Diagnostics.Certificates;

/// <summary>A file isn't a valid <see cref="DivergenceCertificate"/>; the message names the file, the field, the rule and what was found.</summary>
public sealed class InvalidCertificateException : Exception
{
    internal InvalidCertificateException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
