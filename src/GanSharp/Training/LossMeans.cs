using static TorchSharp.torch;

namespace GanSharp.Training;

/// <summary>The mean of each term of one player's loss in one step, with the graph: scalars.</summary>
/// <param name="Terms">Each mean under its name; the loss is their sum.</param>
/// <param name="NegativeValue">−V(D) where a report needs it beside the losses.</param>
internal sealed record LossMeans(IReadOnlyList<KeyValuePair<string, Tensor>> Terms, Tensor? NegativeValue = null)
{
    /// <summary>What the player descends.</summary>
    public Tensor Total() => Terms.Skip(1).Aggregate(Terms[0].Value, (sum, term) => sum + term.Value);

    /// <summary>One of several equal parts of a batch: what it adds to the mean of the whole.</summary>
    public LossMeans Over(int parts) => parts == 1 ? this : Map(mean => mean / parts);

    /// <summary>All of them, to be averaged over the processes.</summary>
    public IReadOnlyList<Tensor> Values => [.. Terms.Select(term => term.Value), .. NegativeValue is null ? Array.Empty<Tensor>() : [NegativeValue]];

    /// <summary>Copies without the graph.</summary>
    public LossMeans Copy()
    {
        using var frozen = no_grad();
        return Map(mean => mean.detach().clone());
    }

    /// <summary>The sum with the parts before it, without the graph.</summary>
    public LossMeans AddedTo(LossMeans? before)
    {
        using var frozen = no_grad();
        var kept = Map(mean => mean.detach());
        if (before is not null)
        {
            var index = 0;
            kept = kept.Map(mean => mean + (index < before.Terms.Count ? before.Terms[index++].Value : before.NegativeValue!));
        }
        return kept.Map(mean => mean.MoveToOuterDisposeScope());
    }

    private LossMeans Map(Func<Tensor, Tensor> convert) => new(
        [.. Terms.Select(term => new KeyValuePair<string, Tensor>(term.Key, convert(term.Value)))], NegativeValue is null ? null : convert(NegativeValue));
}
