using GanSharp.Players;
using GanSharp.Runtime;
using GanSharp.Training;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Iterations;

/// <summary>A way to do the same work. Tuning belongs to a process, so each measurement of a variant is a process of its own.</summary>
/// <param name="Name">What the tables and the command line call it.</param>
/// <param name="Tuning">Applied before anything else; null for none.</param>
/// <param name="Configure">Changes the trainer's options; null for the naive loop.</param>
/// <param name="KernelType">Type of the matrix products, for the roofline.</param>
internal sealed record Variant(string Name, ComputeTuning? Tuning, Func<TrainingOptions, TrainingOptions>? Configure, ScalarType KernelType = ScalarType.Float32)
{
    public const string PyTorch = "PyTorch, naive";

    public static Variant Naive { get; } = new("TorchSharp, naive", null, null);

    /// <summary>As a guest of its process, which is asked for nothing; measured by name and not in the tables.</summary>
    public static Variant Untuned { get; } = new("GanSharp, untuned", null, options => options);

    /// <summary>With latents of its own in G's step; likewise.</summary>
    public static Variant Fresh { get; } = new("GanSharp, fresh batch", new ComputeTuning(), options => options with { FreshGeneratorBatch = true });

    /// <summary>As the README and the samples begin.</summary>
    public static Variant Default { get; } = new("GanSharp", new ComputeTuning(), options => options);

    public static Variant Tuned { get; } = new("GanSharp, tuned", new ComputeTuning { MklFastPath = true }, options => options);

    public static Variant Bfloat16 { get; } = new("GanSharp, tuned, bfloat16", new ComputeTuning { MklFastPath = true }, options => options with { Precision = Precision.BFloat16 }, ScalarType.BFloat16);

    public static IReadOnlyList<Variant> Ours { get; } = [Default, Tuned, Bfloat16];

    public static IReadOnlyList<Variant> All { get; } = [Naive, .. Ours];

    public static Variant Named(string name) =>
        All.Append(Untuned).Append(Fresh).FirstOrDefault(variant => variant.Name == name) ?? throw new ArgumentException($"variant must be one of {string.Join("; ", All.Select(variant => variant.Name))} but is '{name}'.", nameof(name));
}
