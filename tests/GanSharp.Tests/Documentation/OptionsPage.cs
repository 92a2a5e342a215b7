using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using GanSharp.Live;
using GanSharp.Mpi;
using GanSharp.Onnx;
using GanSharp.Reporting;
using GanSharp.Schedules;
using GanSharp.Training;

namespace GanSharp.Tests.Documentation;

/// <summary>docs/options.md: every option of every public type whose name ends in Options, from the compiled assemblies and their XML documentation.</summary>
internal static partial class OptionsPage
{
    private static readonly Assembly[] Assemblies = [typeof(GanTrainer).Assembly, typeof(ImageGrid).Assembly, typeof(LivePageOptions).Assembly, typeof(OnnxFeaturesOptions).Assembly, typeof(MpiOptions).Assembly];

    public static string Write()
    {
        var page = new StringBuilder("""
            # Every option

            All public types whose names end in `Options`, with the default and the meaning of each property. This page is generated from the compiled code and its documentation: `.ci/update-options` writes it, and a test compares it with the code, so it can't be out of date. All of them are set with `new() { Name = value }`, or changed with `options with { Name = value }`; a value that isn't allowed is refused by name when the options are used.


            """);
        var types = Assemblies.SelectMany(assembly => assembly.GetExportedTypes()).Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal)).OrderBy(type => type.Namespace + "." + type.Name, StringComparer.Ordinal).ToArray();
        foreach (var type in types)
            page.AppendLine(CultureInfo.InvariantCulture, $"- [{type.Name}](#{type.Name.ToLowerInvariant()}): {FirstSentence(Summary(type, $"T:{type.FullName}"))}");
        foreach (var type in types)
            Describe(page, type);
        return page.ToString().ReplaceLineEndings("\n");
    }

    private static void Describe(StringBuilder page, Type type)
    {
        page.AppendLine(CultureInfo.InvariantCulture, $"\n## {type.Name}\n\n`{type.Namespace}`, package {type.Assembly.GetName().Name}. {Summary(type, $"T:{type.FullName}")}");
        var ancestor = type.BaseType is { Name: var name } && name.EndsWith("Options", StringComparison.Ordinal) ? type.BaseType : null;
        if (ancestor is not null)
            page.AppendLine(CultureInfo.InvariantCulture, $"\nIt also has the options of [{ancestor.Name}](#{ancestor.Name.ToLowerInvariant()}).");
        var instance = Instance(type);
        var rows = type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Where(property => property.SetMethod is { IsPublic: true } && property.GetMethod!.GetBaseDefinition() == property.GetMethod)
            .OrderBy(property => property.MetadataToken).ToArray();
        if (rows.Length == 0)
            return;
        page.AppendLine("\n| option | type | default | meaning |\n|---|---|---|---|");
        foreach (var property in rows)
        {
            var meaning = Summary(type, $"P:{type.FullName}.{property.Name}") is { Length: > 0 } own ? own : Parameter(type, property.Name);
            page.AppendLine(CultureInfo.InvariantCulture, $"| `{property.Name}` | `{NameOf(property)}` | {Default(property, instance)} | {meaning.Replace("|", "\\|", StringComparison.Ordinal)} |");
        }
    }

    private static object? Instance(Type type)
    {
        if (type.IsAbstract)
            type = Assemblies.SelectMany(assembly => assembly.GetExportedTypes()).FirstOrDefault(candidate => !candidate.IsAbstract && candidate.IsSubclassOf(type) && HasDefaults(candidate) is not null) ?? type;
        return HasDefaults(type) is { } constructor ? constructor.Invoke([.. constructor.GetParameters().Select(parameter => parameter.DefaultValue)]) : null;
    }

    private static ConstructorInfo? HasDefaults(Type type) => type.IsAbstract ? null : type.GetConstructors().FirstOrDefault(constructor => constructor.GetParameters().All(parameter => parameter.HasDefaultValue));

    private static string Default(PropertyInfo property, object? instance) => instance is null || !property.DeclaringType!.IsInstanceOfType(instance) ? "" : property.GetValue(instance) switch
    {
        null => "`null`",
        bool yes => yes ? "`true`" : "`false`",
        string text => $"`\"{text}\"`",
        double number => $"`{number.ToString("0.###############", CultureInfo.InvariantCulture)}`",
        long and long.MaxValue or int and int.MaxValue => "the largest number",
        Schedule schedule => $"`{schedule}`",
        TimeSpan span => $"{span.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s",
        Enum value => $"`{value}`",
        IFormattable number when number.GetType().IsPrimitive => $"`{number.ToString(null, CultureInfo.InvariantCulture)}`",
        Type type => $"`{type.Name}`",
        IEnumerable items when !items.Cast<object>().Any() => "`[]`",
        var value when value.GetType().IsValueType => $"`{value}`",
        var value => $"`{Short(value.GetType())}`",
    };

    private static string NameOf(PropertyInfo property)
    {
        var nullable = new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;
        return Short(Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType) + (nullable ? "?" : "");
    }

    private static string Short(Type type) => type switch
    {
        _ when type == typeof(int) => "int",
        _ when type == typeof(long) => "long",
        _ when type == typeof(double) => "double",
        _ when type == typeof(bool) => "bool",
        _ when type == typeof(string) => "string",
        { IsArray: true } => $"{Short(type.GetElementType()!)}[]",
        { IsGenericType: true } => $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Short))}>",
        _ => type.Name,
    };

    private static readonly Dictionary<Assembly, Dictionary<string, XElement>> Documents = Assemblies.ToDictionary(
        assembly => assembly, assembly => XDocument.Load(Path.ChangeExtension(assembly.Location, "xml")).Descendants("member").ToDictionary(member => member.Attribute("name")!.Value));

    private static string Summary(Type type, string member) => Documents[type.Assembly].TryGetValue(member, out var element) ? Text(element.Element("summary")) : "";

    private static string Parameter(Type type, string name) => Documents[type.Assembly].TryGetValue($"T:{type.FullName}", out var element)
        ? Text(element.Elements("param").FirstOrDefault(parameter => parameter.Attribute("name")!.Value == name)) : "";

    private static string Text(XElement? element) => element is null ? "" : Spaces().Replace(string.Concat(element.Nodes().Select(node => node switch
    {
        XText text => text.Value.Replace("<", "&lt;", StringComparison.Ordinal),
        XElement { Name.LocalName: "see" or "seealso" } reference => reference.Attribute("cref") is { } target ? $"`{Target(target.Value)}`" : $"`{reference.Attribute("langword")?.Value ?? reference.Value}`",
        XElement { Name.LocalName: "paramref" } parameter => $"`{parameter.Attribute("name")!.Value}`",
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement other => Text(other),
        _ => "",
    })), " ").Trim();

    /// <summary>"TrainingOptions.Seed" of "P:GanSharp.Training.TrainingOptions.Seed", "IMetric" of "T:GanSharp.Metrics.IMetric".</summary>
    private static string Target(string cref)
    {
        var parts = Arguments().Replace(cref[2..], "").Split('.');
        return string.Join('.', cref[0] == 'T' ? parts[^1..] : parts[Math.Max(0, parts.Length - 2)..]);
    }

    private static string FirstSentence(string text) => text.IndexOf(". ", StringComparison.Ordinal) is > 0 and var end ? text[..(end + 1)] : text;

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    [GeneratedRegex(@"\(.*\)|`+\d+|\{.*?\}")]
    private static partial Regex Arguments();
}
