namespace GanSharp.Data.Distributions;

/// <summary>One normal component of a <see cref="GaussianMixture"/>.</summary>
public sealed record Gaussian
{
    private readonly double[] mean;
    private readonly double[,] covariance;

    /// <summary>A normal distribution with full covariance.</summary>
    /// <param name="mean">Mean, one value per coordinate.</param>
    /// <param name="covariance">Symmetric positive definite matrix of the same size.</param>
    /// <exception cref="ArgumentException">The sizes don't match, a value is not finite, or the matrix is not symmetric.</exception>
    public Gaussian(IReadOnlyList<double> mean, double[,] covariance)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(covariance);
        var size = mean.Count;
        if (size == 0)
            throw new ArgumentException("mean must have at least one coordinate but has none.", nameof(mean));
        if (covariance.GetLength(0) != size || covariance.GetLength(1) != size)
            throw new ArgumentException($"covariance must be {size} × {size} like the mean but is {covariance.GetLength(0)} × {covariance.GetLength(1)}.", nameof(covariance));
        if (mean.Any(value => !double.IsFinite(value)) || covariance.Cast<double>().Any(value => !double.IsFinite(value)))
            throw new ArgumentException("mean and covariance must be finite.", nameof(mean));
        for (var row = 0; row < size; row++)
            for (var column = 0; column < row; column++)
                if (covariance[row, column] != covariance[column, row])
                    throw new ArgumentException($"covariance must be symmetric but [{row}, {column}] is {covariance[row, column]} and [{column}, {row}] is {covariance[column, row]}.", nameof(covariance));
        this.mean = [.. mean];
        this.covariance = (double[,])covariance.Clone();
    }

    /// <summary>An isotropic normal distribution: the same standard deviation in every direction.</summary>
    /// <param name="mean">Mean, one value per coordinate.</param>
    /// <param name="standardDeviation">Above 0.</param>
    /// <exception cref="ArgumentException"><paramref name="mean"/> is empty or not finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="standardDeviation"/> isn't finite and above 0.</exception>
    public Gaussian(IReadOnlyList<double> mean, double standardDeviation)
        : this(mean, Diagonal(mean, standardDeviation))
    {
    }

    /// <summary>A one-dimensional normal distribution.</summary>
    /// <param name="mean">Mean.</param>
    /// <param name="standardDeviation">Above 0.</param>
    /// <exception cref="ArgumentException"><paramref name="mean"/> isn't finite.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="standardDeviation"/> isn't finite and above 0.</exception>
    public Gaussian(double mean, double standardDeviation)
        : this([mean], standardDeviation)
    {
    }

    /// <summary>Number of coordinates.</summary>
    public int Dimension => mean.Length;

    /// <summary>Mean, one value per coordinate.</summary>
    public IReadOnlyList<double> Mean => mean;

    /// <summary>Reads the covariance matrix.</summary>
    /// <param name="row">A coordinate, from 0.</param>
    /// <param name="column">The other coordinate, from 0; the matrix is symmetric.</param>
    /// <returns>The covariance of the two coordinates; the variance where they are the same.</returns>
    public double Covariance(int row, int column) => covariance[row, column];

    internal double[,] CovarianceMatrix => covariance;

    private static double[,] Diagonal(IReadOnlyList<double> mean, double standardDeviation)
    {
        ArgumentNullException.ThrowIfNull(mean);
        if (!(standardDeviation > 0 && double.IsFinite(standardDeviation)))
            throw new ArgumentOutOfRangeException(nameof(standardDeviation), standardDeviation, "standardDeviation must be finite and above 0.");
        var matrix = new double[mean.Count, mean.Count];
        for (var coordinate = 0; coordinate < mean.Count; coordinate++)
            matrix[coordinate, coordinate] = standardDeviation * standardDeviation;
        return matrix;
    }
}
