using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using GanSharp.Data;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Penalties;
using GanSharp.Schedules;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Training.Runs;

/// <summary>
/// What a run was asked to do, as readable names and values: every number, switch and schedule of the options, objectives and penalties of a caller's own
/// included. It is read from their public properties, so that an option added later can't be forgotten.
/// </summary>
internal static class OptionsDescription
{
    private static readonly Type[] StatedByClass = [typeof(DiscriminatorPenalty), typeof(GeneratorPenalty)];
    private const int ProbeSamples = 64;

    /// <param name="options">The options.</param>
    /// <param name="data">The training data.</param>
    /// <param name="optimizers">Each optimizer's name among the options, its options, and the network that it is for.</param>
    public static SortedDictionary<string, string> Of(RunOptions options, Dataset data, params IReadOnlyList<(string Name, OptimizerOptions Options, nn.Module Network)> optimizers)
    {
        var description = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["Data.Count"] = data.Count?.ToString(CultureInfo.InvariantCulture) ?? "endless",
            ["Data.SampleShape"] = Shape.Format(data.SampleShape),
            ["Data.FirstSamples"] = FirstSamples(data, options.Seed),
        };
        foreach (var property in Properties(options))
            if (!options.Reporting.Contains(property.Name))
                Add(description, property.Name, property.GetValue(options));
        foreach (var (name, optimizer, network) in optimizers)
            AddGroups(description, name, optimizer, network);
        return description;
    }

    /// <summary>What options say that a resume doesn't compare, but that must be the same on all ranks, since it decides when they meet.</summary>
    public static void AddReporting(SortedDictionary<string, string> description, RunOptions options)
    {
        foreach (var property in Properties(options))
            if (property.Name is nameof(options.Guards) or "Diagnostics")
                Add(description, property.Name, property.GetValue(options));
        foreach (var (index, scheduled) in options.Metrics.Index())
            description[$"{nameof(options.Metrics)}.{index}"] = $"{scheduled.Metric.Name} every {scheduled.EveryReports}";
    }

    private static void Add(SortedDictionary<string, string> description, string name, object? value)
    {
        if (Simple(value) is { } text)
            description[name] = text;
        else if (value is IEnumerable items)
        {
            foreach (var (item, index) in items.Cast<object?>().Select((item, index) => (item, index)))
                Add(description, $"{name}.{index}", item);
        }
        else
        {
            description[name] = value!.GetType().Name;
            foreach (var property in Properties(value))
                Add(description, $"{name}.{property.Name}", property.GetValue(value));
        }
    }

    /// <summary>Which parameters each group holds: a pattern or a rule that changed shows in them.</summary>
    private static void AddGroups(SortedDictionary<string, string> description, string name, OptimizerOptions optimizer, nn.Module network)
    {
        foreach (var (index, group) in optimizer.ParameterGroups.Index())
            description[$"{name}.ParameterGroups.{index}.Parameters"] = string.Join(", ", network.named_parameters().Select(named => named.name).Where(group.Contains));
    }

    private static string? Simple(object? value) => value switch
    {
        null => "none",
        string text => text,
        Schedule { Steps: 0 } constant => constant.From.ToString("R", CultureInfo.InvariantCulture),
        Schedule schedule => FormattableString.Invariant($"{schedule.From:R} to {schedule.To:R}, {(schedule.IsCosine ? "cosine" : "line")} over {schedule.Steps} steps from {schedule.Start}"),
        Enum or IFormattable => Convert.ToString(value, CultureInfo.InvariantCulture),
        bool truth => truth ? "true" : "false",
        _ => null,
    };

    /// <summary>
    /// Settings only: numbers, switches, schedules, and options, objectives or penalties that have such; no tensors, networks or functions,
    /// and nothing that an objective or a penalty states of its class.
    /// </summary>
    [UnconditionalSuppressMessage("Trimming", "IL2075", Justification = "A setting that is trimmed is missing when a run is saved and when the same program resumes it.")]
    private static IEnumerable<PropertyInfo> Properties(object owner) => owner.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(property => !IsNameOfPenalty(property) && property.GetIndexParameters().Length == 0 && IsSetting(property.PropertyType) && property.GetMethod is { } getter
            && getter.GetBaseDefinition().DeclaringType is { } origin && origin != typeof(GanObjective) && !StatedByClass.Contains(origin))
        .OrderBy(property => property.Name, StringComparer.Ordinal);

    private static bool IsNameOfPenalty(PropertyInfo property) => property.Name == nameof(Penalty.Name) && property.DeclaringType!.IsAssignableTo(typeof(Penalty));

    private static bool IsSetting(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type.IsPrimitive || type.IsEnum || type == typeof(string))
            return true;
        if (type.IsGenericType && typeof(IEnumerable).IsAssignableFrom(type))
            return type.GetGenericArguments().All(IsSetting);
        return type.Namespace?.StartsWith(nameof(GanSharp), StringComparison.Ordinal) == true
            && !typeof(Delegate).IsAssignableFrom(type) && !typeof(IDisposable).IsAssignableFrom(type);
    }

    /// <summary>A hash of the first batch: hashing all of the data would take minutes for large folders, and this tells other data as well.</summary>
    private static string FirstSamples(Dataset data, long seed)
    {
        using var scope = NewDisposeScope();
        var (samples, labels) = data.Draw(seed, 0, (int)Math.Min(ProbeSamples, data.Count ?? ProbeSamples));
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(samples.cpu().contiguous().bytes);
        if (labels is not null)
            hash.AppendData(labels.cpu().contiguous().bytes);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
