using GanSharp.Schedules;
using static TorchSharp.torch;

namespace GanSharp.Augmentations;

/// <summary>
/// Instance noise: adds normal noise to every value of real and generated samples (Sønderby et al. 2017; Arjovsky and Bottou 2017). Both distributions then have a density everywhere, so that
/// the divergence between them is finite, D can't separate them perfectly and its gradient reaches G. Anneal it to 0 over the run: <c>new InstanceNoise(Schedule.Linear(0.1, 0, 20_000))</c>.
/// </summary>
/// <remarks>D's logit is then the log-ratio of the densities convolved with N(0, σ²); it becomes that of the samples themselves as σ falls to 0.</remarks>
public sealed class InstanceNoise : Augmentation
{
    /// <summary>Sets the noise.</summary>
    /// <param name="deviation">Standard deviation σ at each generator step, finite and at least 0, on the scale of the samples: images lie in [−1, 1]. Sønderby et al. begin with 0.1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="deviation"/> isn't finite and at least 0 somewhere.</exception>
    public InstanceNoise(Schedule deviation)
    {
        ArgumentNullException.ThrowIfNull(deviation);
        if (!deviation.All(value => value >= 0 && double.IsFinite(value)))
            throw new ArgumentOutOfRangeException(nameof(deviation), deviation.ToString(), "deviation must be finite and at least 0.");
        Deviation = deviation;
    }

    /// <summary>Standard deviation σ at each generator step.</summary>
    public Schedule Deviation { get; }

    /// <summary>The noise of step 0.</summary>
    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator random) => Apply(samples, random, stepsTaken: 0);

    /// <inheritdoc/>
    public override Tensor Apply(Tensor samples, Generator random, long stepsTaken)
    {
        ArgumentNullException.ThrowIfNull(samples);
        return Deviation.At(stepsTaken) is > 0 and var deviation ? samples + Draw.Noise(samples, random) * deviation : samples;
    }
}
