using System.Globalization;
using GanSharp.Estimates;

namespace GanSharp.Diagnostics.Reports;

/// <summary>How far a conditional generator is from the data of one class.</summary>
/// <param name="Label">The class.</param>
/// <param name="SampleCount">Held-out samples of the class, and as many generated ones that were asked for it.</param>
/// <param name="JensenShannon">
/// Lower bound of JSD(p_d(x ∣ y)‖p_g(x ∣ y)) in nats from D's logits, not clipped. It is valid for every D, conditional or not, and as low as D is weak: a small bound of one class is no
/// proof that the class is right, a large one proves that it is wrong.
/// </param>
public sealed record ClassDivergence(long Label, long SampleCount, Estimate JensenShannon)
{
    /// <summary>"class 3: JS >= 0.1114 ± 0.0242 nats of 200 samples".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"class {Label}: JS >= {Divergences.JensenShannon.FormatValue(JensenShannon)} nats of {SampleCount:N0} samples");
}
