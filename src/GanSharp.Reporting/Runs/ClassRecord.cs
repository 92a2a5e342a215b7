namespace GanSharp.Reporting.Runs;

/// <summary>How far a conditional generator is from the data of one class, as a run folder keeps it.</summary>
/// <param name="Label">The class.</param>
/// <param name="JsBoundNats">Lower bound of the Jensen–Shannon divergence in nats, not clipped.</param>
public sealed record ClassRecord(long Label, double JsBoundNats);
