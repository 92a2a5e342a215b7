using GanSharp.Objectives;
using GanSharp.Runtime;

namespace GanSharp.Training.Checks;

/// <summary>Evaluates an objective once on the networks' outputs for a trial batch.</summary>
internal static class TermsCheck
{
    /// <param name="name">The class and the method, for messages.</param>
    /// <param name="evaluate">Calls the method.</param>
    /// <param name="counts">The allowed lengths of a term.</param>
    /// <param name="learner">The network that minimizes the losses, D or G; null where it is frozen.</param>
    /// <returns>The names of the terms.</returns>
    /// <exception cref="ArgumentException">The message names the method and what to change.</exception>
    public static IReadOnlyList<string> Names(string name, Func<LossTerms> evaluate, IReadOnlyList<int> counts, string? learner)
    {
        LossTerms terms;
        try
        {
            terms = evaluate();
        }
        catch (Exception exception) when (!OutOfMemory.Explains(exception))
        {
            throw new ArgumentException($"{name} failed on a trial batch: {FirstLine.Of(exception)}.", exception);
        }
        if (terms is null || terms.Count == 0)
            throw new ArgumentException($"{name} must return at least one term but returned {(terms is null ? "null" : "none")}.");
        foreach (var (term, values) in terms)
        {
            LossCheck.ThrowIfUnfit($"{name}, term '{term}',", "losses", values, counts);
            if (!values.isfinite().all().item<bool>())
                throw new ArgumentException($"{name} must be finite on a trial batch, but its term '{term}' is NaN or infinite.");
        }
        if (learner is not null && !terms.Any(term => term.Value.requires_grad))
            throw new ArgumentException($"{name} must be differentiable in what D says but carries no gradient, so {learner} would learn nothing: it is constant or cut off by detach, no_grad or a value that was read out.");
        return [.. terms.Select(term => term.Key)];
    }
}
