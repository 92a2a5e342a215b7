using GanSharp.Randomness;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Data.Distributions;

/// <summary>
/// A mixture of normal distributions in any dimension: data whose density is known exactly, so that what a discriminator
/// estimates can be compared with the true value. Every draw is fresh, a function of seed, position and count; the held-out part is an independent stream of the
/// same density.
/// </summary>
public sealed class GaussianMixture : Dataset, IDensity
{
    // 8.3 standard deviations leave 1e-16 of a normal's mass outside.
    private const double SupportStandardDeviations = 8.5;
    private readonly string stream;
    private readonly Tensor weights, means, factors, inverseFactors, logNormalizers;
    private GaussianMixture? heldOut;

    /// <summary>A mixture of the given components.</summary>
    /// <param name="components">At least one, all of the same dimension.</param>
    /// <param name="componentWeights">One positive weight per component, which are normalized to sum to 1; null for equal weights.</param>
    /// <param name="name">The data set's name in messages and reports. Default "mixture of Gaussians".</param>
    /// <exception cref="ArgumentException">The numbers of components and weights or their dimensions don't match, or a covariance is not positive definite.</exception>
    public GaussianMixture(IReadOnlyList<Gaussian> components, IReadOnlyList<double>? componentWeights = null, string name = "mixture of Gaussians")
        : this(components, componentWeights, name, "mixture")
    {
    }

    private GaussianMixture(IReadOnlyList<Gaussian> components, IReadOnlyList<double>? componentWeights, string name, string stream)
        : base(name, [Check(components, componentWeights)])
    {
        this.stream = stream;
        Components = components;
        componentWeights ??= [.. Enumerable.Repeat(1.0, components.Count)];
        Weights = [.. componentWeights.Select(weight => weight / componentWeights.Sum())];

        using var scope = NewDisposeScope();
        weights = tensor(Weights.ToArray());
        means = stack(components.Select(component => tensor(component.Mean.ToArray())));
        var covariances = stack(components.Select(component => from_array(component.CovarianceMatrix)));
        var (factor, failed) = linalg.cholesky_ex(covariances);
        for (var index = 0; index < components.Count; index++)
            if (failed[index].item<int>() != 0)
                throw new ArgumentException($"component {index}: covariance must be positive definite.", nameof(components));
        factors = factor;
        inverseFactors = linalg.inv(factors);
        logNormalizers = weights.log() - factors.diagonal(0, 1, 2).log().sum(1) - Dimension / 2.0 * Math.Log(2 * Math.PI);
        foreach (var kept in new[] { weights, means, factors, inverseFactors, logNormalizers })
            kept.DetachFromDisposeScope();
    }

    /// <summary>The components.</summary>
    public IReadOnlyList<Gaussian> Components { get; }

    /// <summary>Weights of the components, summing to 1.</summary>
    public IReadOnlyList<double> Weights { get; }

    /// <summary>Whether the components are equally likely and isotropic, so that modes can be counted.</summary>
    internal bool HasEqualRoundModes => Weights.All(weight => weight == Weights[0]) && Components.All(component =>
        Enumerable.Range(0, Dimension).All(row => Enumerable.Range(0, Dimension).All(column =>
            component.Covariance(row, column) == (row == column ? component.Covariance(0, 0) : 0))));

    /// <inheritdoc/>
    public int Dimension => (int)SampleShape[0];

    /// <summary>Null: every draw is fresh.</summary>
    public override long? Count => null;

    /// <inheritdoc/>
    public override Dataset HeldOut => heldOut ??= new GaussianMixture(Components, Weights, $"{Name}, held out", "mixture, held out");

    /// <inheritdoc/>
    public IReadOnlyList<(double Lower, double Upper)> Support =>
        [.. Enumerable.Range(0, Dimension).Select(coordinate => (
            Components.Min(c => c.Mean[coordinate] - SupportStandardDeviations * Math.Sqrt(c.Covariance(coordinate, coordinate))),
            Components.Max(c => c.Mean[coordinate] + SupportStandardDeviations * Math.Sqrt(c.Covariance(coordinate, coordinate)))))];

    /// <inheritdoc/>
    public double FinestScale
    {
        get
        {
            // 1 / (the largest singular value of an inverse factor) is the smallest standard deviation in any direction.
            using var scope = NewDisposeScope();
            return 1 / linalg.svdvals(inverseFactors).max().item<double>();
        }
    }

    /// <inheritdoc/>
    public Tensor LogDensity(Tensor samples)
    {
        ArgumentNullException.ThrowIfNull(samples);
        if (samples.dim() != 2 || samples.shape[1] != Dimension)
            throw new ArgumentException($"samples must have shape [N, {Dimension}] but have shape {Shape.Format(samples.shape)}.", nameof(samples));
        using var scope = NewDisposeScope();
        var centered = samples.to(ScalarType.Float64).to(CPU).unsqueeze(0) - means.unsqueeze(1);
        var standardized = centered.matmul(inverseFactors.transpose(1, 2));
        var perComponent = logNormalizers.unsqueeze(1) - standardized.square().sum(2) / 2;
        return perComponent.logsumexp(0).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public override Batch Draw(long seed, long position, int count)
    {
        ThrowIfNotDrawable(position, count);
        using var scope = NewDisposeScope();
        using var random = SeededRandom.Create(seed, stream, position);
        var component = Components.Count == 1
            ? zeros(count, ScalarType.Int64)
            : multinomial(weights, count, replacement: true, generator: random);
        var normal = randn([count, Dimension, 1], ScalarType.Float64, generator: random);
        var samples = means.index_select(0, component) + factors.index_select(0, component).matmul(normal).squeeze(2);
        return new Batch(samples.to(ScalarType.Float32).MoveToOuterDisposeScope(), null);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        foreach (var owned in new[] { weights, means, factors, inverseFactors, logNormalizers })
            owned.Dispose();
        heldOut?.Dispose();
    }

    private static long Check(IReadOnlyList<Gaussian> components, IReadOnlyList<double>? componentWeights)
    {
        ArgumentNullException.ThrowIfNull(components);
        if (components.Count == 0)
            throw new ArgumentException("components must hold at least one Gaussian but is empty.", nameof(components));
        var dimension = components[0].Dimension;
        for (var index = 1; index < components.Count; index++)
            if (components[index].Dimension != dimension)
                throw new ArgumentException($"components must all have dimension {dimension} like the first but component {index} has {components[index].Dimension}.", nameof(components));
        if (componentWeights is null)
            return dimension;
        if (componentWeights.Count != components.Count)
            throw new ArgumentException($"componentWeights must have {components.Count} values, one a component, but has {componentWeights.Count}.", nameof(componentWeights));
        for (var index = 0; index < componentWeights.Count; index++)
            if (!(componentWeights[index] > 0 && double.IsFinite(componentWeights[index])))
                throw new ArgumentException($"componentWeights must be finite and above 0 but weight {index} is {componentWeights[index]}.", nameof(componentWeights));
        return dimension;
    }
}
