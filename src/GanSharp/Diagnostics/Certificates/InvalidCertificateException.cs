namespace GanSharp.Diagnostics.Certificates;

/// <summary>A file can't be read as a <see cref="DivergenceCertificate"/>; the message names the file, the field, the rule and what was found.</summary>
public sealed class InvalidCertificateException : Exception
{
    internal InvalidCertificateException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
