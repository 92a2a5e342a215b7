namespace GanSharp.Reporting;

/// <summary>One panel of a <see cref="DensityPlot"/>: a data line, a generator, and what D makes of them.</summary>
/// <param name="Title">What the panel shows.</param>
/// <param name="Points">Where the curves are given, ascending.</param>
/// <param name="Data">p_d at the points.</param>
/// <param name="Generator">p_g at the points.</param>
/// <param name="Discriminator">D, a probability, at the points.</param>
/// <param name="Optimum">D* = p_d / (p_d + p_g) at the points.</param>
public sealed record DensityPanel(
    string Title,
    IReadOnlyList<double> Points,
    IReadOnlyList<double> Data,
    IReadOnlyList<double> Generator,
    IReadOnlyList<double> Discriminator,
    IReadOnlyList<double> Optimum)
{
    /// <summary>Pairs (z, G(z)) drawn as arrows below the curves, as in Figure 1 of Goodfellow et al. 2014; empty for none.</summary>
    public IReadOnlyList<(double Latent, double Sample)> Mapping { get; init; } = [];
}
