namespace GanSharp.Training.Checks;

/// <summary>What a trial before training found.</summary>
/// <param name="Warnings">What can be trained but is probably not meant, each as a sentence.</param>
/// <param name="DiscriminatorTerms">Names of the terms of D's loss.</param>
/// <param name="GeneratorTerms">Names of the terms of G's loss.</param>
internal sealed record TrialResult(IReadOnlyList<string> Warnings, IReadOnlyList<string> DiscriminatorTerms, IReadOnlyList<string> GeneratorTerms);
