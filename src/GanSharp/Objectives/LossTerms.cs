using System.Collections;
using static TorchSharp.torch;

namespace GanSharp.Objectives;

/// <summary>
/// Named terms of a loss, which add up to it: <c>new LossTerms { ["adversarial"] = losses, ["classification"] = others }</c>.
/// A tensor converts automatically to the term "adversarial". Reports, CSV files and plots show each term under its name.
/// </summary>
public sealed class LossTerms : IEnumerable<KeyValuePair<string, Tensor>>
{
    /// <summary>The name of the term that a plain tensor becomes.</summary>
    public const string Adversarial = "adversarial";

    private readonly List<KeyValuePair<string, Tensor>> terms = [];

    /// <summary>Number of terms.</summary>
    public int Count => terms.Count;

    /// <summary>A term: losses of shape [N], one per sample or per logit, of which the trainer takes the mean. Setting an existing term adds to it.</summary>
    /// <param name="name">Its name in reports; use the same names at every step.</param>
    /// <exception cref="KeyNotFoundException">There is no such term.</exception>
    /// <exception cref="ArgumentException"><paramref name="name"/> of a term to set is empty.</exception>
    public Tensor this[string name]
    {
        get => terms.Find(term => term.Key == name) is { Key: not null } found ? found.Value
            : throw new KeyNotFoundException($"There is no term '{name}' but {string.Join(", ", terms.Select(term => $"'{term.Key}'"))}.");
        set
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(name);
            var index = terms.FindIndex(term => term.Key == name);
            if (index < 0)
                terms.Add(new(name, value));
            else
                terms[index] = new(name, terms[index].Value + value);
        }
    }

    /// <summary>One term, called "adversarial".</summary>
    /// <param name="losses">Shape [N].</param>
    public static implicit operator LossTerms(Tensor losses) => FromTensor(losses);

    /// <summary>One term, for languages without implicit conversions.</summary>
    /// <param name="losses">Shape [N].</param>
    /// <returns>The losses under the name <see cref="Adversarial"/>. They aren't copied.</returns>
    public static LossTerms FromTensor(Tensor losses) => new() { [Adversarial] = losses };

    /// <summary>The sum of the means, a scalar.</summary>
    internal Tensor Total() => terms.Select(term => term.Value.mean()).Aggregate((sum, mean) => sum + mean);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Tensor>> GetEnumerator() => terms.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
