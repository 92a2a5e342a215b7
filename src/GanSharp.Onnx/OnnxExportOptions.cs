namespace GanSharp.Onnx;

/// <summary>How a generator is exported.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>Rules for classes of your own; a rule for a known class takes the place of the library's. Default none.</summary>
    public IReadOnlyList<OnnxRule> Rules { get; init; } = [];

    /// <summary>
    /// Whether a conditional generator takes mixtures of classes, an input "mixture" of shape [batch, classes], in the place of "label", int64 of shape [batch]. Default false. Only for a
    /// generator that takes mixtures.
    /// </summary>
    public bool Mixtures { get; init; }

    /// <summary>ψ of StyleGAN2's truncation, which becomes part of the file; finite. Default 1, which changes nothing. Other generators have none.</summary>
    public double Truncation { get; init; } = 1;

    /// <summary>The values of samples that are black and white, which the file states for those who make pictures of them. Default (−1, 1), as everywhere in this library; null where samples are no images.</summary>
    public (double Black, double White)? ValueRange { get; init; } = (-1, 1);

    /// <summary>
    /// Largest difference between the file's samples and the network's, as a share of the largest value (or of 1 where that is smaller). Above 0; default 1e-4: float32 sums in another order
    /// differ by some 1e-6, a wrong rule by far more. With more, no file is written.
    /// </summary>
    public double Tolerance { get; init; } = 1e-4;

    internal void ThrowIfInvalid()
    {
        ArgumentNullException.ThrowIfNull(Rules);
        if (!double.IsFinite(Truncation))
            throw new ArgumentOutOfRangeException(nameof(Truncation), Truncation, "Truncation must be finite.");
        if (!(Tolerance > 0 && double.IsFinite(Tolerance)))
            throw new ArgumentOutOfRangeException(nameof(Tolerance), Tolerance, "Tolerance must be finite and above 0.");
        if (ValueRange is var (black, white) && !(double.IsFinite(black) && double.IsFinite(white) && black != white))
            throw new ArgumentOutOfRangeException(nameof(ValueRange), ValueRange, "ValueRange must be two finite numbers that differ.");
    }
}
