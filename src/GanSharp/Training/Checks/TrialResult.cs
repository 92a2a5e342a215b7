namespace GanSharp.Training.Checks;

/// <summary>The result of the trial before training.</summary>
/// <param name="Warnings">What can be trained but is probably not intended, one sentence each.</param>
/// <param name="DiscriminatorTerms">Names of the terms of D's loss.</param>
/// <param name="GeneratorTerms">Names of the terms of G's loss.</param>
internal sealed record TrialResult(IReadOnlyList<string> Warnings, IReadOnlyList<string> DiscriminatorTerms, IReadOnlyList<string> GeneratorTerms);
