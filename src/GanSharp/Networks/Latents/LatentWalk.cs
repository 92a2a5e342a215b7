using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Networks.Latents;

/// <summary>
/// A walk through latent space that ends where it began, for animations that repeat without a jump: from one draw of the prior to the next, along the paths of <see cref="LatentPath"/>,
/// and back to the first. Several walk side by side.
/// </summary>
public sealed record LatentWalk
{
    /// <summary>Walks side by side, at least 1: images of a frame. Default 16.</summary>
    public int Walks { get; init; } = 16;

    /// <summary>Draws of the prior that a walk visits, at least 2. Default 4.</summary>
    public int Stops { get; init; } = 4;

    /// <summary>Points from one stop to the next, the next one not counted; at least 1. Default 15.</summary>
    public int StepsBetweenStops { get; init; } = 15;

    /// <summary>
    /// ψ, by which a normal prior's draws are multiplied, above 0 and at most 1: near the prior's middle, samples gain fidelity and lose variety (the truncation of BigGAN, Brock et al. 2019,
    /// here by scale, so that paths stay smooth). Default 1, the prior itself. Refused for other priors: on a cube or a sphere there is no such middle. StyleGAN2 truncates its styles instead:
    /// give the frames <c>SampleTruncated</c>.
    /// </summary>
    public double Truncation { get; init; } = 1;

    /// <summary>Determines the stops. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>The latent vectors of the walk.</summary>
    /// <param name="prior">The generator's prior.</param>
    /// <returns>Float32 tensor of shape [Stops · StepsBetweenStops, Walks, size of the prior] on the CPU: a frame's latents are one entry. After the last comes the first.</returns>
    /// <exception cref="ArgumentException">A property is out of its range, or the truncation isn't 1 and the prior not normal.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="Walks"/> or <see cref="StepsBetweenStops"/> is below 1, <see cref="Stops"/> below 2, or <see cref="Truncation"/> isn't above 0 and at most 1.</exception>
    public Tensor Latents(LatentPrior prior)
    {
        ArgumentNullException.ThrowIfNull(prior);
        ArgumentOutOfRangeException.ThrowIfLessThan(Walks, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Stops, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(StepsBetweenStops, 1);
        ThrowIfNoShare(Truncation, nameof(Truncation));
        if (Truncation != 1 && !prior.IsStandardNormal)
            throw new ArgumentException($"Truncation must be 1 for a prior that isn't normal but is {Truncation}.", nameof(prior));
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        using var random = SeededRandom.Create(Seed, "latent walk");
        var stops = prior.Sample((long)Stops * Walks, random) * (float)Truncation;
        var next = stops.roll(-Walks, 0);
        // Path after path with both ends: without the last point, which is the next path's first, and frame before walk.
        var points = LatentPath.Between(prior, stops, next, StepsBetweenStops + 1).view(Stops, Walks, StepsBetweenStops + 1, prior.Size);
        return points.narrow(2, 0, StepsBetweenStops).transpose(1, 2).reshape(Stops * StepsBetweenStops, Walks, prior.Size).MoveToOuterDisposeScope();
    }

    private static void ThrowIfNoShare(double value, string name)
    {
        if (!(value is > 0 and <= 1))
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be above 0 and at most 1.");
    }
}
