namespace GanSharp.Training.Guards;

/// <summary>A loss, a gradient or a parameter became NaN or infinite, or weights exploded, so further steps would only spread it.</summary>
public sealed class TrainingDivergedException : Exception
{
    internal TrainingDivergedException(long step, string finding, string? network = null, string? parameter = null, int rollBacks = 0)
        : base($"Training diverged by step {step}: {finding}{(rollBacks == 0 ? "" : $", after {rollBacks} roll-backs")}. Lower the learning rates, add R1, or check the data for extreme values.")
        => (Step, Finding, Network, Parameter) = (step, finding, network, parameter);

    /// <summary>The step in which it was found, counted from 1; also the step in which it arose if <see cref="Guards.GuardOptions.CheckEverySteps"/> is 1.</summary>
    public long Step { get; }

    /// <summary>"generator" or "discriminator", of a VAE "encoder", "decoder" or "likelihood"; null where it was found only in the sums of a report.</summary>
    public string? Network { get; }

    /// <summary>The parameter whose value or gradient isn't finite; null if it was a loss or a norm.</summary>
    public string? Parameter { get; }

    /// <summary>What was found, without the advice.</summary>
    internal string Finding { get; }

    internal TrainingDivergedException After(int rollBacks) => new(Step, Finding, Network, Parameter, rollBacks);
}
