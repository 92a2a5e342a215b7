using GanSharp.Data.Distributions;
using GanSharp.Networks;
using static TorchSharp.torch;

namespace GanSharp.Tests.Sampling;

/// <summary>A generator whose p_g is a given mixture of round normals in the plane: one latent chooses the mode, two place the sample in it.</summary>
internal sealed class MixtureGenerator : GeneratorNetwork
{
    private readonly GaussianMixture density;

    public MixtureGenerator(GaussianMixture density)
        : base(nameof(MixtureGenerator), LatentPrior.Normal(3)) => this.density = density;

    public override Tensor forward(Tensor latents, Tensor? labels)
    {
        using var scope = NewDisposeScope();
        var means = stack(density.Components.Select(component => tensor(component.Mean.ToArray()))).to(ScalarType.Float32);
        var ends = tensor(density.Weights.ToArray()).cumsum(0).unsqueeze(0);
        var mode = special.ndtr(latents.narrow(1, 0, 1).to(ScalarType.Float64)).gt(ends).sum(1).clamp(max: density.Components.Count - 1);
        return (means.index_select(0, mode) + latents.narrow(1, 1, 2) * Math.Sqrt(density.Components[0].Covariance(0, 0))).MoveToOuterDisposeScope();
    }
}
