namespace GanSharp.Networks.Weights;

/// <summary>What a reconstructed average consists of, and how near it is to the one that was asked for.</summary>
/// <param name="RelativeWidth">σ_rel that was asked for.</param>
/// <param name="Images">Images of the run up to which it averages.</param>
/// <param name="Snapshots">Each file, and its weight in the reconstruction; the weights add up to 1 and may be negative.</param>
/// <param name="RelativeError">
/// ‖p − Σ wᵢ pᵢ‖ / ‖p‖, where p is the profile asked for and pᵢ are those of the snapshots: 0 for a perfect match.
/// </param>
public sealed record PostHocFit(double RelativeWidth, double Images, IReadOnlyList<(string File, double Weight)> Snapshots, double RelativeError);
