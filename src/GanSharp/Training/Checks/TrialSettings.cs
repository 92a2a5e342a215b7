using GanSharp.Augmentations;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Penalties;

namespace GanSharp.Training.Checks;

/// <summary>The options of a run that the trial needs.</summary>
/// <param name="Objective">The game.</param>
/// <param name="DiscriminatorPenalties">Terms added to D's loss.</param>
/// <param name="GeneratorPenalties">Terms added to G's loss.</param>
/// <param name="DiscriminatorWeightLimit">To what D's weights are clipped; null where they aren't.</param>
/// <param name="Augmentation">Applied to samples before D; null for none.</param>
/// <param name="Labels">Draws the labels of generated samples.</param>
/// <param name="BatchSize">Samples that the networks are given at once.</param>
/// <param name="BatchSizeName">What the user calls that number, for messages.</param>
/// <param name="Seed">Determines what the trial draws.</param>
/// <param name="Measures">Whether reports measure on held-out data.</param>
/// <param name="MakeAuditor">Creates the auditor of the reports; null for none.</param>
internal sealed record TrialSettings(
    GanObjective Objective, IReadOnlyList<DiscriminatorPenalty> DiscriminatorPenalties, IReadOnlyList<GeneratorPenalty> GeneratorPenalties,
    double? DiscriminatorWeightLimit, Augmentation? Augmentation, LabelSampler Labels, int BatchSize, string BatchSizeName, long Seed, bool Measures, Func<DiscriminatorNetwork>? MakeAuditor);
