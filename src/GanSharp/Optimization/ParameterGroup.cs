using System.IO.Enumeration;
using GanSharp.Schedules;

namespace GanSharp.Optimization;

/// <summary>
/// Parameters, chosen by name, that an optimizer treats in their own way. What is null is as in the <see cref="OptimizerOptions"/>:
/// <c>new AdamOptions { WeightDecay = 0.01, ParameterGroups = [new("*.bias") { WeightDecay = 0 }] }</c>.
/// </summary>
public sealed record ParameterGroup
{
    private readonly string description;
    private readonly Func<string, bool> contains;

    /// <summary>The parameters whose names fit a pattern.</summary>
    /// <param name="pattern">A name as in <c>named_parameters()</c>; * stands for any characters and ? for one. Upper and lower case differ.</param>
    /// <exception cref="ArgumentException"><paramref name="pattern"/> is empty.</exception>
    public ParameterGroup(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        description = $"'{pattern}'";
        contains = name => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);
    }

    /// <summary>The parameters whose names satisfy a rule.</summary>
    /// <param name="contains">Whether the parameter of a name, as in <c>named_parameters()</c>, belongs to the group.</param>
    public ParameterGroup(Func<string, bool> contains)
    {
        ArgumentNullException.ThrowIfNull(contains);
        description = "given by a rule";
        this.contains = contains;
    }

    /// <summary>Their step size, finite and at least 0.</summary>
    public Schedule? LearningRate { get; init; }

    /// <summary>Their <see cref="OptimizerOptions.WeightDecay"/>, finite and at least 0.</summary>
    public double? WeightDecay { get; init; }

    /// <summary>Their <see cref="OptimizerOptions.L2Penalty"/>, finite and at least 0.</summary>
    public double? L2Penalty { get; init; }

    /// <summary>Whether a parameter belongs to the group.</summary>
    /// <param name="parameterName">A name as in <c>named_parameters()</c>.</param>
    /// <returns>True where the name fits the pattern or satisfies the rule that the group was made with.</returns>
    public bool Contains(string parameterName) => contains(parameterName);

    /// <summary>The pattern.</summary>
    public override string ToString() => description;
}
