using ArchUnitNET.Domain;
using ArchUnitNET.Loader;
using FluentAssertions;
using GanSharp.Training;
using Xunit;

namespace GanSharp.Tests.Architecture;

/// <summary>The layers of docs/architecture.md. A namespace may use those that come after it here, and no other; bodies of methods count as well as signatures.</summary>
public sealed class LayerTests
{
    private static readonly string[] Layers = [
        "Recipes", "Training", "Training.Autoencoders", "Training.Runs", "Training.Checks", "Training.Serving", "Training.Turns", "Training.Checkpointing", "Training.Guards", "Training.State", "Training.Telemetry",
        "Sampling",
        "Diagnostics.Monitoring", "Diagnostics.Health", "Diagnostics.Reports", "Diagnostics.Game", "Diagnostics.Certificates", "Diagnostics.Testing", "Diagnostics.Auditing", "Diagnostics.Calibration",
        "Evaluations", "Metrics.Models", "Metrics.Memorization", "Metrics.Fidelity", "Metrics.Images", "Metrics.Modes", "Metrics.TwoSample", "Metrics.Features", "Metrics", "Penalties.Lipschitz", "Penalties.Consistency", "Penalties.Weights", "Penalties", "Objectives", "Divergences", "Estimates", "Players", "Augmentations",
        "Networks.Weights", "Networks.Autoencoders", "Networks.Packing", "Networks.Classic", "Networks.Residual", "Networks.StyleGan", "Networks.R3Gan", "Networks.Resampling", "Networks.Latents", "Networks", "Networks.Normalization",
        "Data.Images", "Data.Arrays", "Data.Distributions", "Data",
        "Optimization", "Optimization.Averages", "Optimization.Flat", "Communication", "Schedules",
        "Safetensors", "Randomness", "IO", "Tensors", "Runtime"];

    private static readonly ArchUnitNET.Domain.Architecture Library = new ArchLoader().LoadAssembly(typeof(GanTrainer).Assembly).Build();

    private static string Source => Path.Combine(Repository.Root, "src", "GanSharp");

    private static IEnumerable<string> Folders => Directory.EnumerateFiles(Source, "*.cs", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Source, Path.GetDirectoryName(file)!).Replace(Path.DirectorySeparatorChar, '.'))
        .Where(folder => folder.Split('.')[0] is not ("bin" or "obj" or "buildTransitive"));

    [Fact]
    public void An_arrow_points_down_only()
    {
        var upward = from type in Library.Types
                     let layer = Layer(type)
                     where layer is not null
                     from dependency in type.Dependencies
                     // A type parameter is no type that is used: the reader takes those of generated methods with equal names for one.
                     where dependency.Target is not ArchUnitNET.Domain.GenericParameter
                     let other = Layer(dependency.Target)
                     where other is not null && Array.IndexOf(Layers, other) < Array.IndexOf(Layers, layer)
                     select $"{type.FullName} uses {dependency.Target.FullName}";

        upward.Distinct().Should().BeEmpty();
    }

    [Fact]
    public void The_arrows_are_seen()
    {
        var layers = Library.Types.Select(Layer).OfType<string>().Distinct();

        layers.Should().BeEquivalentTo(Layers);
        // One that stands in the body of a method alone.
        Library.Types.Single(type => type.Name == nameof(GanTrainer)).Dependencies.Select(dependency => dependency.Target.Name).Should().Contain("OptionsDescription");
    }

    [Fact]
    public void Every_folder_is_a_layer_and_every_namespace_its_folder()
    {
        Folders.Distinct().Should().BeEquivalentTo(Layers);
        foreach (var layer in Layers)
            foreach (var file in Directory.EnumerateFiles(Path.Combine(Source, layer.Replace('.', Path.DirectorySeparatorChar)), "*.cs"))
                File.ReadAllText(file).Should().Contain($"namespace GanSharp.{layer};", Path.GetFileName(file));
    }

    [Fact]
    public void No_folder_holds_more_than_one_idea() =>
        Folders.CountBy(folder => folder).Where(count => count.Value > 20).Should().BeEmpty();

    [Fact]
    public void No_file_is_longer_than_400_lines() =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}") && File.ReadLines(file).Count() > 400)
            .Should().BeEmpty();

    private static string? Layer(IType type) =>
        type.Namespace?.FullName is { } name && name.StartsWith("GanSharp.", StringComparison.Ordinal) ? name["GanSharp.".Length..] : null;
}
