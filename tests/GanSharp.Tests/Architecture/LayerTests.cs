using System.Text.RegularExpressions;
using FluentAssertions;
using GanSharp.Training;
using Xunit;

namespace GanSharp.Tests.Architecture;

/// <summary>The layers of docs/architecture.md: a namespace may use those that come after it here, and no other.</summary>
public sealed partial class LayerTests
{
    private static readonly string[] Layers = ["Training", "Sampling", "Diagnostics", "Metrics", "Penalties", "Objectives", "Networks", "Data", "Optimization", "Tensors"];

    private static string Source => Path.Combine(Repository.Root, "src", "GanSharp");

    [Fact]
    public void An_arrow_points_down_only()
    {
        var upward = from layer in Layers
                     from file in Directory.EnumerateFiles(Path.Combine(Source, layer), "*.cs", SearchOption.AllDirectories)
                     from Match use in UsedNamespace().Matches(File.ReadAllText(file))
                     let used = use.Groups[1].Value
                     where used != layer && Array.IndexOf(Layers, used) < Array.IndexOf(Layers, layer)
                     select $"{Path.GetRelativePath(Source, file)} uses GanSharp.{used}";

        upward.Should().BeEmpty();
    }

    [Fact]
    public void Signatures_and_bases_point_down_too()
    {
        var upward = from type in typeof(GanTrainer).Assembly.GetTypes()
                     let layer = Layer(type)
                     where layer is not null
                     from used in Uses(type)
                     let other = Layer(used)
                     where other is not null && other != layer && Array.IndexOf(Layers, other) < Array.IndexOf(Layers, layer)
                     select $"{type} uses {used}";

        upward.Should().BeEmpty();
    }

    [Fact]
    public void Every_folder_is_a_layer_and_every_namespace_its_folder()
    {
        Directory.GetDirectories(Source).Select(Path.GetFileName).Except(["bin", "obj", "buildTransitive"]).Should().BeSubsetOf(Layers);
        foreach (var layer in Layers)
            foreach (var file in Directory.EnumerateFiles(Path.Combine(Source, layer), "*.cs", SearchOption.AllDirectories))
                File.ReadAllText(file).Should().Contain(
                    $"namespace GanSharp.{Path.GetRelativePath(Source, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.')};", Path.GetFileName(file));
    }

    [Fact]
    public void No_file_is_longer_than_400_lines() =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}") && File.ReadLines(file).Count() > 400)
            .Should().BeEmpty();

    private static string? Layer(Type type) =>
        type.Namespace is { } name && name.StartsWith("GanSharp.", StringComparison.Ordinal) ? name.Split('.')[1] : null;

    private static IEnumerable<Type> Uses(Type type)
    {
        const System.Reflection.BindingFlags Own = System.Reflection.BindingFlags.DeclaredOnly | System.Reflection.BindingFlags.Instance
            | System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic;
        var direct = type.GetInterfaces().Append(type.BaseType)
            .Concat(type.GetFields(Own).Select(field => field.FieldType))
            .Concat(type.GetMethods(Own).SelectMany(method => method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType)))
            .Concat(type.GetConstructors(Own).SelectMany(constructor => constructor.GetParameters().Select(parameter => parameter.ParameterType)));
        return direct.OfType<Type>().SelectMany(used => used.IsGenericType ? used.GetGenericArguments().Append(used) : [used.GetElementType() ?? used]);
    }

    [GeneratedRegex(@"GanSharp\.(Training|Sampling|Diagnostics|Metrics|Penalties|Objectives|Networks|Data|Optimization|Tensors)\b")]
    private static partial Regex UsedNamespace();
}
