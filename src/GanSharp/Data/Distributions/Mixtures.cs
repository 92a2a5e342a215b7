namespace GanSharp.Data.Distributions;

/// <summary>The synthetic data sets of the GAN literature, each a mixture with known density.</summary>
public static class Mixtures
{
    /// <summary>A one-dimensional normal distribution.</summary>
    /// <param name="mean">Mean. Default 0.</param>
    /// <param name="standardDeviation">Standard deviation, above 0. Default 1.</param>
    /// <returns>A mixture of one component, of samples of shape [1].</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="standardDeviation"/> isn't finite and above 0.</exception>
    public static GaussianMixture Normal(double mean = 0, double standardDeviation = 1) =>
        new([new Gaussian(mean, standardDeviation)], name: FormattableString.Invariant($"N({mean:0.####}, {standardDeviation:0.####}²)"));

    /// <summary>Equally likely modes in one dimension, evenly spaced and centered at 0.</summary>
    /// <param name="modes">Number of modes, at least 1. Default 2.</param>
    /// <param name="spacing">Distance between neighbors, above 0. Default 4, so that modes hardly overlap.</param>
    /// <param name="standardDeviation">Standard deviation of each mode, above 0. Default 0.5.</param>
    /// <returns>A mixture of samples of shape [1].</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number isn't finite and above 0.</exception>
    public static GaussianMixture Line(int modes = 2, double spacing = 4, double standardDeviation = 0.5)
    {
        ThrowIfInvalid(modes, spacing, nameof(spacing));
        return new([.. Enumerable.Range(0, modes).Select(mode => new Gaussian((mode - (modes - 1) / 2.0) * spacing, standardDeviation))],
            name: $"line of {modes} Gaussians");
    }

    /// <summary>Equally likely modes on a circle, all distinct: mode k is at the angle 2πk / <paramref name="modes"/>.</summary>
    /// <param name="modes">Number of modes, at least 1. Default 8.</param>
    /// <param name="radius">Radius of the circle, above 0. Default 1, as in PacGAN (Lin et al. 2018).</param>
    /// <param name="standardDeviation">Standard deviation of each mode, above 0. Default 0.01, as in PacGAN.</param>
    /// <returns>A mixture of samples of shape [2].</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number isn't finite and above 0.</exception>
    public static GaussianMixture Ring(int modes = 8, double radius = 1, double standardDeviation = 0.01)
    {
        ThrowIfInvalid(modes, radius, nameof(radius));
        return new([.. Enumerable.Range(0, modes).Select(mode =>
            {
                var (sine, cosine) = Math.SinCos(2 * Math.PI * mode / modes);
                return new Gaussian([radius * cosine, radius * sine], standardDeviation);
            })], name: $"ring of {modes} Gaussians");
    }

    /// <summary>Equally likely modes on a square grid in the plane, centered at the origin.</summary>
    /// <param name="side">Modes along one side; the grid has side² modes. At least 1, default 5.</param>
    /// <param name="spacing">Distance between neighbors, above 0. Default 2, as in PacGAN (Lin et al. 2018).</param>
    /// <param name="standardDeviation">Standard deviation of each mode, above 0. Default 0.05, as in PacGAN.</param>
    /// <returns>A mixture of samples of shape [2].</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number isn't finite and above 0.</exception>
    public static GaussianMixture Grid(int side = 5, double spacing = 2, double standardDeviation = 0.05)
    {
        ThrowIfInvalid(side, spacing, nameof(spacing));
        double Coordinate(int index) => (index - (side - 1) / 2.0) * spacing;
        return new([.. Enumerable.Range(0, side * side).Select(mode =>
                new Gaussian([Coordinate(mode % side), Coordinate(mode / side)], standardDeviation))],
            name: $"grid of {side * side} Gaussians");
    }

    private static void ThrowIfInvalid(int modes, double length, string lengthName)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(modes, 1);
        if (!(length > 0 && double.IsFinite(length)))
            throw new ArgumentOutOfRangeException(lengthName, length, $"{lengthName} must be finite and above 0.");
    }
}
