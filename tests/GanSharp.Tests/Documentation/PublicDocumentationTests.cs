using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FluentAssertions;
using Mono.Cecil;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Documentation;

/// <summary>
/// Who sees nothing but the packages' XML documentation finds there what each member takes and returns: tensors with their shapes, rates and shares with their ranges, what may be left out with its
/// default, which is the one of the code.
/// </summary>
public sealed partial class PublicDocumentationTests
{
    private static readonly string[] Libraries = ["GanSharp", "GanSharp.Reporting", "GanSharp.LivePage", "GanSharp.Mpi", "GanSharp.Onnx"];

    public static TheoryData<string> LibraryNames => [.. Libraries];

    [Theory]
    [MemberData(nameof(LibraryNames))]
    public void Every_member_is_documented_with_parameters_result_shapes_ranges_and_defaults(string library) =>
        Gaps(library, PublicMembers.IsVisible).Should().BeEmpty();

    [Fact]
    public void What_is_missing_is_found() =>
        Gaps("GanSharp.Tests", type => type.FullName == typeof(Undocumented<>).FullName!.Replace('+', '/')).Should().BeEquivalentTo(
            "Undocumented`1: typeparam T", "Undocumented`1.Half: shape of tensor", "Undocumented`1.Half: returns", "Undocumented`1.Scale: param tensor", "Undocumented`1.Scale: range of rate",
            "Undocumented`1.Scale: shape of Scale", "Undocumented`1.Repeat: default of times", "Undocumented`1.Repeat: default of seed",
            "Undocumented`1.Rate: range of Rate", "Undocumented`1.Name: summary");

    private static string[] Gaps(string library, Func<TypeDefinition, bool> types)
    {
        var folder = AppContext.BaseDirectory;
        var comments = new DocumentationComments(folder, Libraries.Append(library).Distinct());
        using var resolver = new DefaultAssemblyResolver();
        resolver.AddSearchDirectory(folder);
        resolver.AddSearchDirectory(Path.GetDirectoryName(typeof(object).Assembly.Location));
        using var assembly = AssemblyDefinition.ReadAssembly(Path.Combine(folder, $"{library}.dll"), new ReaderParameters { AssemblyResolver = resolver });
        return
        [
            .. from type in assembly.MainModule.GetTypes().Where(types)
               from member in PublicMembers.Of(type)
               let parts = comments.Of(member)
               where parts is not null
               from gap in Missing(member, parts)
               select $"{(member == type ? type.Name : $"{type.Name}.{member.Name}")}: {gap}",
        ];
    }

    private static IEnumerable<string> Missing(IMemberDefinition member, IReadOnlyList<XElement> parts)
    {
        if (member is not PropertyDefinition && Words(parts, "summary").Length == 0)
            yield return "summary";
        foreach (var parameter in (member as IGenericParameterProvider)?.GenericParameters.Where(parameter => Words(parts, "typeparam", parameter.Name).Length == 0) ?? [])
            yield return $"typeparam {parameter.Name}";
        foreach (var parameter in (member as MethodDefinition)?.Parameters.Where(parameter => parameter.HasConstant && !IsDefaultStated(parameter, Words(parts, "param", parameter.Name))) ?? [])
            yield return $"default of {parameter.Name}";
        foreach (var (tag, name, type) in Values(member))
        {
            var words = Words(parts, tag, tag == "param" ? name : null);
            if (words.Length == 0)
                yield return tag == "param" ? $"param {name}" : tag;
            else if (type.FullName.Contains("TorchSharp.torch/Tensor", StringComparison.Ordinal) && !Shape().IsMatch(words))
                yield return $"shape of {name}";
            else if (type.FullName == "System.Double" && Limited().IsMatch(name) && !Range().IsMatch(words))
                yield return $"range of {name}";
        }
    }

    /// <summary>What a member takes and gives, and the tag that describes it.</summary>
    private static IEnumerable<(string Tag, string Name, TypeReference Type)> Values(IMemberDefinition member)
    {
        if (member is PropertyDefinition property)
            yield return ("summary", property.Name, property.PropertyType);
        if ((member is TypeDefinition type && PublicMembers.IsDelegate(type) ? type.Methods.Single(invoke => invoke.Name == "Invoke") : member as MethodDefinition) is not { } method)
            yield break;
        foreach (var parameter in method.Parameters)
            yield return ("param", parameter.Name, parameter.ParameterType);
        // What an override returns is said by what it overrides, and an operator's result by its type.
        if (method is { IsSpecialName: false, ReturnType.FullName: not "System.Void" } and not { IsVirtual: true, IsNewSlot: false })
            yield return ("returns", method.Name, method.ReturnType);
    }

    /// <summary>"Default 5", or what it means to give null; a cancellation token explains itself.</summary>
    private static bool IsDefaultStated(ParameterDefinition parameter, string words) => parameter.Constant switch
    {
        null => parameter.ParameterType.Name == nameof(CancellationToken) || words.Contains("null", StringComparison.OrdinalIgnoreCase) || words.Contains("Default", StringComparison.Ordinal),
        string or bool => words.Contains($"Default {(parameter.Constant is string text ? $"\"{text}\"" : parameter.Constant.ToString()!.ToLowerInvariant())}", StringComparison.Ordinal),
        // A constant or a value of an enumeration may stand for the number.
        var number => words.Contains("Default F:", StringComparison.Ordinal)
            || DefaultNumber().Matches(words).Any(match => Number(match.Groups[1].Value) == Convert.ToDouble(number, CultureInfo.InvariantCulture)),
    };

    private static double Number(string text) => text.Replace(",", "", StringComparison.Ordinal).Replace('−', '-').Split('/') switch
    {
        ["½"] => 0.5,
        ["+∞"] => double.PositiveInfinity,
        [var above, var below] => double.Parse(above, CultureInfo.InvariantCulture) / double.Parse(below, CultureInfo.InvariantCulture),
        [var whole, ..] => double.Parse(whole, CultureInfo.InvariantCulture),
        [] => double.NaN,
    };

    /// <summary>A reference counts as its target's name, because it is shown.</summary>
    private static string Words(IReadOnlyList<XElement> parts, string tag, string? name = null) => string.Concat(parts
        .Where(part => part.Name.LocalName == tag && (name is null || part.Attribute("name")?.Value == name))
        .SelectMany(part => part.DescendantNodes()).Select(node => node is XText text ? text.Value : (node as XElement)?.Attribute("cref")?.Value)).Trim();

    [GeneratedRegex(@"\[[^\]]*\p{L}[^\]]*\]|\bshapes?\b|\bscalar\b", RegexOptions.IgnoreCase)]
    private static partial Regex Shape();

    [GeneratedRegex("(Probability|Fraction|Share|Rate|Level|Power|Dropout|Percentile)$", RegexOptions.IgnoreCase)]
    private static partial Regex Limited();

    [GeneratedRegex(@"[\[(][^\s\])]+, [^\s\])]*\d[^\s\])]*[\])]|\b(at least|at most|above|from) \d|\d to \d")]
    private static partial Regex Range();

    [GeneratedRegex(@"[Dd]efault:? ([-−]?\d[\d,]*(?:[./]\d+)?(?:e-?\d+)?|½|\+∞)")]
    private static partial Regex DefaultNumber();

    /// <summary>What the test must find.</summary>
    internal static class Undocumented<T>
    {
        /// <summary>How fast.</summary>
        public static double Rate => 1;

        public static string Name => typeof(T).Name;

        /// <summary>A scalar.</summary>
        public static Tensor? Loss => null;

        /// <summary>Half of it.</summary>
        /// <param name="tensor">Any.</param>
        public static Tensor Half(Tensor tensor) => tensor / 2;

        /// <summary>A part of it.</summary>
        /// <param name="rate">How much.</param>
        /// <returns>A tensor.</returns>
        public static Tensor Scale(Tensor tensor, double rate) => tensor * rate;

        /// <summary>Repeats it.</summary>
        /// <param name="times">How often. Default 2.</param>
        /// <param name="seed">Determines what.</param>
        public static void Repeat(int times = 3, long seed = 0) => _ = (times, seed);
    }
}
