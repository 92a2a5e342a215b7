namespace GanSharp.Training;

/// <summary>A loss became NaN or infinite, so further steps would only spread it.</summary>
public sealed class TrainingDivergedException : Exception
{
    internal TrainingDivergedException(long step, double discriminatorLoss, double penalty, double generatorLoss)
        : base(FormattableString.Invariant(
            $"Training diverged by step {step}: discriminator loss {discriminatorLoss}, penalty {penalty}, generator loss {generatorLoss}. Lower the learning rates, add R1, or check the data for extreme values."))
        => Step = step;

    /// <summary>The step of the report in which it was seen; it arose in that report's interval.</summary>
    public long Step { get; }
}
