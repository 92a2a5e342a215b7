using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Penalties;

namespace GanSharp.Training.Checks;

/// <summary>What of a run's options the trial before it needs.</summary>
/// <param name="Objective">The game.</param>
/// <param name="Penalties">Terms added to D's loss.</param>
/// <param name="BatchSize">Samples of a step.</param>
/// <param name="Seed">Determines what the trial draws.</param>
/// <param name="Measures">Whether reports measure on held-out data.</param>
/// <param name="MakeAuditor">Makes the auditor of the reports; null for none.</param>
internal sealed record TrialSettings(
    GanObjective Objective, IReadOnlyList<Penalty> Penalties, int BatchSize, long Seed, bool Measures, Func<DiscriminatorNetwork>? MakeAuditor);
