using GanSharp.Augmentations;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Penalties;

namespace GanSharp.Training.Checks;

/// <summary>What of a run's options the trial before it needs.</summary>
/// <param name="Objective">The game.</param>
/// <param name="DiscriminatorPenalties">Terms added to D's loss.</param>
/// <param name="GeneratorPenalties">Terms added to G's loss.</param>
/// <param name="Augmentation">What stands between samples and D; null for nothing.</param>
/// <param name="Labels">Who draws the labels of generated samples.</param>
/// <param name="BatchSize">Samples that a network sees at once.</param>
/// <param name="Seed">Determines what the trial draws.</param>
/// <param name="Measures">Whether reports measure on held-out data.</param>
/// <param name="MakeAuditor">Makes the auditor of the reports; null for none.</param>
internal sealed record TrialSettings(
    GanObjective Objective, IReadOnlyList<DiscriminatorPenalty> DiscriminatorPenalties, IReadOnlyList<GeneratorPenalty> GeneratorPenalties,
    Augmentation? Augmentation, LabelSampler Labels, int BatchSize, long Seed, bool Measures, Func<DiscriminatorNetwork>? MakeAuditor);
