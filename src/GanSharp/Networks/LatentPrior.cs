using System.Globalization;
using GanSharp.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Networks;

/// <summary>p(z), the distribution that a generator maps to p_g (eq. 16). Subclass it for your own prior.</summary>
public abstract class LatentPrior
{
    /// <summary>Sets the length of a latent vector.</summary>
    /// <param name="size">At least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is below 1.</exception>
    protected LatentPrior(int size)
    {
        TorchRuntime.EnsureLoaded();
        ArgumentOutOfRangeException.ThrowIfLessThan(size, 1);
        Size = size;
    }

    /// <summary>Length of a latent vector.</summary>
    public int Size { get; }

    /// <summary>Its name in files, by which programs without this library know how to draw; null for a prior of the user's own.</summary>
    internal virtual string? Kind => null;

    /// <summary>Whether it is N(0, I), from which a VAE's bound measures.</summary>
    internal virtual bool IsStandardNormal => false;

    /// <summary>Whether it looks alike in all directions, so that a path between two draws leads along a sphere.</summary>
    internal virtual bool IsRound => IsStandardNormal;

    /// <summary>Draws latent vectors.</summary>
    /// <param name="count">Number of vectors.</param>
    /// <param name="random">Source of randomness, on the same device; torch's global one where null.</param>
    /// <param name="device">Device of the result; the CPU where null.</param>
    /// <returns>Float32 tensor of shape [count, <see cref="Size"/>].</returns>
    public abstract Tensor Sample(long count, torch.Generator? random = null, Device? device = null);

    /// <summary>Standard normal: the usual choice, and the default.</summary>
    /// <param name="size">Length of a latent vector.</param>
    /// <returns>N(0, I) on vectors of <paramref name="size"/> values.</returns>
    public static LatentPrior Normal(int size) => new NormalPrior(size);

    /// <summary>Uniform on [−bound, bound] in each coordinate.</summary>
    /// <param name="size">Length of a latent vector.</param>
    /// <param name="bound">Largest magnitude of a coordinate, above 0 and finite. Default 1, as in the DCGAN paper (Radford et al. 2016); √3 gives variance 1.</param>
    /// <returns>A prior on the cube [−bound, bound]^<paramref name="size"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bound"/> isn't finite and above 0.</exception>
    public static LatentPrior Uniform(int size, double bound = 1)
    {
        ThrowIfNoMagnitude(bound, nameof(bound));
        return new UniformPrior(size, bound);
    }

    /// <summary>Uniform on the sphere of radius √size, where nearly all of a normal's mass lies (White 2016).</summary>
    /// <param name="size">Length of a latent vector.</param>
    /// <returns>A prior whose vectors all have the length √<paramref name="size"/>, so that each coordinate has variance 1.</returns>
    public static LatentPrior Hypersphere(int size) => new HyperspherePrior(size);

    /// <summary>
    /// Standard normal within [−threshold, threshold] in each coordinate (the truncation trick of BigGAN, Brock et al. 2019): a generator that was trained with <see cref="Normal"/> makes
    /// samples of more fidelity and less variety from it, <c>generator.Sample(LatentPrior.TruncatedNormal(generator.Prior.Size, 0.5).Sample(16))</c>.
    /// </summary>
    /// <param name="size">Length of a latent vector.</param>
    /// <param name="threshold">Largest magnitude of a coordinate, above 0 and finite. BigGAN's samples were shown from 2 down to 0.04; near 4 it is the normal distribution itself.</param>
    /// <returns>A prior to sample from after training. Each coordinate is normal given that it lies within the threshold, so its variance is below 1.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threshold"/> isn't finite and above 0.</exception>
    public static LatentPrior TruncatedNormal(int size, double threshold)
    {
        ThrowIfNoMagnitude(threshold, nameof(threshold));
        return new TruncatedNormalPrior(size, threshold);
    }

    private static void ThrowIfNoMagnitude(double value, string name)
    {
        if (!(value > 0 && double.IsFinite(value)))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be finite and above 0.");
    }

    private sealed class NormalPrior(int size) : LatentPrior(size)
    {
        internal override bool IsStandardNormal => true;

        internal override string Kind => "normal";

        public override Tensor Sample(long count, torch.Generator? random, Device? device) =>
            randn([count, Size], ScalarType.Float32, device, generator: random);
    }

    private sealed class TruncatedNormalPrior(int size, double threshold) : LatentPrior(size)
    {
        // Where checkpoints describe the run, two thresholds are two priors.
        public double Threshold => threshold;

        // By the inverse of the distribution function: drawing again what lies outside would take an unknown number of draws.
        public override Tensor Sample(long count, torch.Generator? random, Device? device)
        {
            using var scope = NewDisposeScope();
            var within = special.erf(tensor(threshold / Math.Sqrt(2), ScalarType.Float64)).item<double>();
            var uniform = rand([count, Size], ScalarType.Float64, device, generator: random).mul_(2 * within).sub_(within);
            return special.erfinv(uniform).mul_(Math.Sqrt(2)).clamp_(-threshold, threshold).to(ScalarType.Float32).MoveToOuterDisposeScope();
        }
    }

    private sealed class UniformPrior(int size, double bound) : LatentPrior(size)
    {
        // Where checkpoints describe the run, two bounds are two priors.
        public double Bound => bound;

        internal override string Kind => bound == 1 ? "uniform" : string.Create(CultureInfo.InvariantCulture, $"uniform {bound:R}");

        public override Tensor Sample(long count, torch.Generator? random, Device? device) =>
            rand([count, Size], ScalarType.Float32, device, generator: random).mul_(2 * bound).sub_(bound);
    }

    private sealed class HyperspherePrior(int size) : LatentPrior(size)
    {
        internal override bool IsRound => true;

        internal override string Kind => "hypersphere";

        public override Tensor Sample(long count, torch.Generator? random, Device? device)
        {
            using var scope = NewDisposeScope();
            var normal = randn([count, Size], ScalarType.Float32, device, generator: random);
            var length = normal.square().sum(1, keepdim: true).sqrt();
            return (normal / length * Math.Sqrt(Size)).MoveToOuterDisposeScope();
        }
    }
}
