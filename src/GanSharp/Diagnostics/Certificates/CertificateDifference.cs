namespace GanSharp.Diagnostics.Certificates;

/// <summary>A field in which a <see cref="DivergenceCertificate"/> and its recomputation differ.</summary>
/// <param name="Field">The field's name, as in the file.</param>
/// <param name="Recorded">What the certificate says.</param>
/// <param name="Recomputed">What was found.</param>
public readonly record struct CertificateDifference(string Field, string Recorded, string Recomputed)
{
    /// <summary>"bound is recorded as 0.2 but is 0.1".</summary>
    public override string ToString() => $"{Field} is recorded as {Recorded} but is {Recomputed}";
}
