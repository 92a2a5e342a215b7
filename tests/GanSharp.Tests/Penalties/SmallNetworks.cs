using GanSharp.Networks;
using GanSharp.Penalties;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Penalties;

/// <summary>Smooth float64 networks of a few parameters, and passes of them whose draws come from a seed.</summary>
internal sealed class SmallNetworks : IDisposable
{
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();

    public SmallNetworks(long seed = 1)
    {
        manual_seed(seed);
        (Generator, Discriminator) = (new SmoothGenerator(), new SmoothDiscriminator());
        (Real, Latents) = (randn(5, 1, 2, 2, dtype: float64), randn(5, 2, dtype: float64));
    }

    public SmoothGenerator Generator { get; }

    public SmoothDiscriminator Discriminator { get; }

    /// <summary>Shape [5, 1, 2, 2].</summary>
    public Tensor Real { get; set; }

    /// <summary>Shape [5, 2].</summary>
    public Tensor Latents { get; }

    public DiscriminatorPass DiscriminatorPass(long step = 0, DiscriminatorNetwork? discriminator = null, Tensor? fake = null)
    {
        JudgedSamples Judge(Tensor samples)
        {
            var leaf = samples.detach().requires_grad_(true);
            return new JudgedSamples(leaf, (discriminator ?? Discriminator).call(leaf, null), null);
        }
        return new DiscriminatorPass(discriminator ?? Discriminator, Judge(Real), Judge(fake ?? Generator.call(Latents, null)), step, () => new Generator(9))
        {
            Generator = Generator,
            Latents = Latents,
        };
    }

    public GeneratorPass GeneratorPass(long step = 0)
    {
        var latents = Latents.detach().requires_grad_(true);
        var samples = Generator.call(latents, null);
        return new GeneratorPass(Generator, latents, samples, Discriminator.call(samples, null), null, step, () => new Generator(9));
    }

    public void Dispose()
    {
        Generator.Dispose();
        Discriminator.Dispose();
        scope.Dispose();
    }
}

internal sealed class SmoothGenerator : GeneratorNetwork
{
    private readonly Module<Tensor, Tensor> body;

    public SmoothGenerator()
        : base(nameof(SmoothGenerator), LatentPrior.Normal(2))
    {
        body = Sequential(Linear(2, 3, dtype: ScalarType.Float64), Tanh(), Linear(3, 4, dtype: ScalarType.Float64));
        RegisterComponents();
    }

    public override Tensor forward(Tensor latents, Tensor? labels) => body.call(latents).view(-1, 1, 2, 2);
}

internal sealed class SmoothDiscriminator : DiscriminatorNetwork
{
    private readonly Module<Tensor, Tensor> body;

    public SmoothDiscriminator()
        : base(nameof(SmoothDiscriminator))
    {
        // Steep enough for a slope on both sides of 1.
        body = Sequential(Linear(4, 6, dtype: ScalarType.Float64), SiLU(), Linear(6, 1, dtype: ScalarType.Float64));
        using var frozen = no_grad();
        foreach (var parameter in body.parameters())
            parameter.mul_(2.5);
        RegisterComponents();
    }

    public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => body.call(samples.flatten(1)).squeeze(1);
}

/// <summary>l(x) = Σ x², whose gradient is 2x.</summary>
internal sealed class SumOfSquares() : DiscriminatorNetwork(nameof(SumOfSquares))
{
    public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => samples.square().flatten(1).sum(1);
}
