using System.Globalization;
using GanSharp.Data;
using GanSharp.Networks;
using GanSharp.Reporting.Pictures;
using GanSharp.Tensors;
using GanSharp.Training;
using GanSharp.Training.Runs;
using ScottPlot;
using static TorchSharp.torch;

namespace GanSharp.Reporting.Runs.Writing;

/// <summary>Takes the samples of a run's pictures: the same latents, and the same labels, at every report.</summary>
internal sealed class RunSampler
{
    private const int Points = 1_000, DefaultColumns = 8, MostClassColumns = 16;
    // Enough to find an image of each of a few hundred classes.
    private const int MostRealCandidates = 2_000;
    private readonly Func<Tensor?, Tensor> sample;
    private readonly long[]? labels;
    private readonly int columns;
    private readonly Coordinates[]? realPoints;

    private RunSampler(Dataset data, int? classes, RunFolderOptions options, Func<int, Tensor?, Tensor> sample, Func<int, long[]?> labelsOf)
    {
        using var scope = NewDisposeScope();
        var isImages = data.SampleShape is [1 or 3, _, _];
        columns = options.Columns ?? (classes is { } few and <= MostClassColumns ? few : DefaultColumns);
        // Full rows, so that each class has as many.
        var count = isImages ? (options.Samples + columns - 1) / columns * columns : Points;
        this.sample = asked => sample(count, asked);
        var source = data.HeldOut ?? data;
        var (candidates, candidateLabels) = source.Draw(0, 0, (int)Math.Min(isImages && classes is not null ? Math.Max(count, MostRealCandidates) : count, source.Count ?? count));
        var known = candidateLabels?.cpu().data<long>().ToArray();
        var shown = classes is { } number ? OfClasses(known, candidates.shape[0], [.. Enumerable.Range(0, count).Select(index => (long)(index % number))]) : [.. Enumerable.Range(0, (int)Math.Min(count, candidates.shape[0]))];
        labels = classes is { } all ? [.. Enumerable.Range(0, count).Select(index => (long)(index % all))]
            // A network that reads labels without saying how many there are.
            : known is not null ? [.. Enumerable.Range(0, count).Select(index => known[index % known.Length])] : labelsOf(count);
        var real = candidates[tensor(shown)];
        if (isImages)
            Real = new ImagePicture(ImageBytes.Of(real), columns);
        else
            realPoints = ScatterPlot.Points(real, "Real");
    }

    /// <summary>Real samples in the same places; null where each picture shows them.</summary>
    public RunPicture? Real { get; }

    /// <summary>Null where nothing is to be drawn, or the samples are nothing that can be.</summary>
    public static RunSampler? Of<TReport>(Trainer<TReport> trainer, RunFolderOptions options)
        where TReport : TrainingReport => options.Samples > 0 && trainer.Data.SampleShape is ([1 or 3, _, _] or [2])
            ? new(trainer.Data, trainer.Classes, options,
                (count, labels) => trainer.Sample(count, options.Seed, labels),
                count => LabelsOf((trainer as GanTrainer)?.Options.Labels, count, options.Seed))
            : null;

    /// <summary>Samples now; called where the caller has the networks.</summary>
    public RunPicture Take(long step)
    {
        using var scope = NewDisposeScope();
        var samples = sample(labels is null ? null : tensor(labels));
        return realPoints is null ? new ImagePicture(ImageBytes.Of(samples), columns)
            : new PointPicture(string.Create(CultureInfo.InvariantCulture, $"Step {step:N0}"), realPoints, ScatterPlot.Points(samples, "Generated"));
    }

    /// <summary>What the run's sampler draws where the data has no labels. One that keeps a state isn't asked, because training would then draw others.</summary>
    private static long[]? LabelsOf(LabelSampler? sampler, int count, long seed)
    {
        if (sampler is null or IStateful)
            return null;
        using var scope = NewDisposeScope();
        using var random = new Generator((ulong)seed);
        return sampler.Sample(null, count, random, CPU)?.cpu().data<long>().ToArray();
    }

    /// <summary>Which real samples stand beside generated ones of these classes: each of its class while there are such, then again from the first.</summary>
    private static long[] OfClasses(long[]? known, long candidates, long[] asked)
    {
        if (known is null)
            return [.. Enumerable.Range(0, asked.Length).Select(index => index % candidates)];
        var byClass = known.Index().ToLookup(entry => entry.Item, entry => (long)entry.Index);
        var used = new Dictionary<long, int>();
        return [.. asked.Select(label =>
        {
            var number = used[label] = used.GetValueOrDefault(label, -1) + 1;
            var own = byClass[label].ToArray();
            return own.Length == 0 ? number % known.Length : own[number % own.Length];
        })];
    }
}
