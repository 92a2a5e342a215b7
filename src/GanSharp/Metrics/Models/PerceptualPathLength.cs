using GanSharp.Estimates;
using GanSharp.Metrics.Features;
using GanSharp.Networks;
using GanSharp.Networks.Latents;
using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Metrics.Models;

/// <summary>
/// How fast a generator's samples change along a path through latent space: E ‖f(G(z(t))) − f(G(z(t + ε)))‖² / ε² with z(t) between two draws of the prior, t uniform on [0, 1], and
/// features f (Karras et al. 2019, section 4.1). A smooth generator has short paths; one that shows a detail only on part of a path, or jumps from mode to mode, has long ones.
/// </summary>
/// <remarks>
/// The distance is the squared Euclidean one of any extractor's features. It is not LPIPS with VGG16 as in the paper, and no value can be compared with published ones, nor those of different
/// extractors with each other. Lower isn't better by itself: a generator that makes one sample has a length of 0. It never looks at real samples.
/// </remarks>
public static class PerceptualPathLength
{
    // Three points of each path stay below the 256 samples that a generator runs at once.
    private const int BatchSize = 85;

    // A value of which more than this depends on the step isn't a length any more.
    private const double LargestStepError = 0.1;

    // The steps between which rounding and chords cost the least, as docs/metrics.md shows.
    private const double BestEpsilon = 3e-4;

    /// <summary>Measures a generator in evaluation mode.</summary>
    /// <param name="generator">G; float32.</param>
    /// <param name="features">What is compared; the samples themselves where null.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="labels">For a conditional generator: the class of each path, the same at its ends. Null (the default) for none.</param>
    /// <param name="cancellationToken">Ends the work with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The length with its interval, a function of the generator and the options.</returns>
    /// <exception cref="ArgumentException">An option is invalid (the message lists every one), or labels are missing or out of range.</exception>
    /// <exception cref="DiagnosticRefusedException">More than a tenth of the value depends on the step (rounding, chords of curves, samples that jump), or it isn't finite.</exception>
    public static PathLength Measure(
        GeneratorNetwork generator, IFeatureExtractor? features = null, PathLengthOptions? options = null, LabelSampler? labels = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(generator);
        options ??= new PathLengthOptions();
        var device = generator.Device();
        Tensor? LabelsOf(long position, int count)
        {
            using var random = SeededRandom.Create(options.Seed, "labels of latent paths", position, device);
            return labels?.Sample(null, count, random, device);
        }
        return Measure(generator.Prior, device, (latents, chosen) => generator.Sample(latents, chosen), features ?? new PixelFeatures(), options, LabelsOf, cancellationToken);
    }

    /// <param name="prior">p(z).</param>
    /// <param name="device">The generator's.</param>
    /// <param name="generate">G.</param>
    /// <param name="features">f.</param>
    /// <param name="options">Options; they are checked here.</param>
    /// <param name="labelsOf">The classes of the paths from a position, so many; null for none.</param>
    /// <param name="cancellationToken">Ends it between two batches.</param>
    internal static PathLength Measure(LatentPrior prior, Device device, Func<Tensor, Tensor?, Tensor> generate, IFeatureExtractor features, PathLengthOptions options,
        Func<long, int, Tensor?> labelsOf, CancellationToken cancellationToken)
    {
        options.ThrowIfInvalid();
        var interpolation = options.Interpolation ?? LatentPath.ShapeFor(prior);
        if (interpolation == LatentInterpolation.Spherical && prior.Size < 2)
            throw new ArgumentException("options.Interpolation must be linear for latents of one value, which have no great circle, but is Spherical.", nameof(options));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        List<Tensor> near = [], far = [];
        for (var position = 0; position < options.Paths; position += BatchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using var batch = NewDisposeScope();
            var count = Math.Min(BatchSize, options.Paths - position);
            using var random = SeededRandom.Create(options.Seed, "latent paths", position, device);
            Tensor Draw() => prior.Sample(count, random, device).to(ScalarType.Float64);
            var (from, to, t) = (Draw(), Draw(), rand([count, 1], ScalarType.Float64, device, generator: random));
            // In float32, t + ε would be rounded to a step of another length.
            Tensor At(int steps) => LatentPath.At(from, to, t + steps * options.Epsilon, interpolation);
            var samples = generate(cat([At(0), At(1), At(2)]).to(ScalarType.Float32), labelsOf(position, count)?.repeat(3));
            var points = features.ExtractChecked(samples).cpu().to(ScalarType.Float64).split(count);
            Tensor Squared(int steps) => ((points[steps] - points[0]).square().sum([1]) / Math.Pow(steps * options.Epsilon, 2)).MoveToOuterDisposeScope();
            near.Add(Squared(1));
            far.Add(Squared(2));
        }
        return Evaluate(cat(near), cat(far), options);
    }

    private static PathLength Evaluate(Tensor near, Tensor far, PathLengthOptions options)
    {
        var (mean, ofFar) = (near.mean().item<double>(), far.mean().item<double>());
        if (!double.IsFinite(mean) || !double.IsFinite(ofFar))
            throw new DiagnosticRefusedException("The path length isn't finite: the generator's samples or their features hold NaN or infinity.");
        var stepError = mean > 0 ? Math.Clamp(4.0 / 3 * (mean - ofFar) / mean, 0, 1) : 0;
        if (stepError > LargestStepError)
            throw new DiagnosticRefusedException(FormattableString.Invariant($"{100 * stepError:0}% of the path length is due to the step, an epsilon of {options.Epsilon:g3}: {(options.Epsilon < BestEpsilon ? "float32 rounds, or the samples jump. Pass a larger" : "chords miss curves, or the samples jump. Pass a smaller")} PathLengthOptions.Epsilon."));
        return new PathLength(Trimmed(near, options.Trim), stepError);
    }

    /// <summary>The mean without a share on either side, with the interval of Tukey and McLaughlin (1963), whose variance is that of the values with what is left out set to the ends.</summary>
    internal static Estimate Trimmed(Tensor values, double share)
    {
        var count = values.shape[0];
        // NumPy's percentiles "lower" and "higher", which the paper's code takes.
        var cut = (long)(share * (count - 1));
        if (cut == 0)
            return new WeightedMeans(0, (1, values)).Normal();
        var kept = values.sort().Values.narrow(0, cut, count - 2 * cut);
        var trimmed = kept.mean().item<double>();
        var winsorized = values.clamp(kept[0], kept[-1]);
        var terms = (winsorized - winsorized.mean()) * (count / (double)(count - 2 * cut)) + trimmed;
        return new WeightedMeans(0, (1, terms)).Normal();
    }
}
