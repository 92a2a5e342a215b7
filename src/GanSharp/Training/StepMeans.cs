namespace GanSharp.Training;

/// <summary>Means over the steps since the last report.</summary>
/// <param name="DiscriminatorLoss">D's loss by the objective.</param>
/// <param name="DiscriminatorPenalty">What penalties added to it.</param>
/// <param name="GeneratorLoss">G's loss by the objective.</param>
/// <param name="GeneratorPenalty">What penalties added to it.</param>
/// <param name="Value">V(D), or NaN where the logits are no density ratio or D wasn't updated.</param>
/// <param name="Terms">Each term, under "discriminator/…" or "generator/…"; NaN for a player that wasn't updated.</param>
/// <param name="IsFinite">Whether the losses of each player that was updated are numbers.</param>
internal sealed record StepMeans(
    double DiscriminatorLoss, double DiscriminatorPenalty, double GeneratorLoss, double GeneratorPenalty, double Value, IReadOnlyDictionary<string, double> Terms, bool IsFinite);
