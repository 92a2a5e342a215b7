using GanSharp.Networks;
using GanSharp.Networks.Latents;
using GanSharp.Reporting;
using GanSharp.Reporting.Runs;
using GanSharp.Training;
using static TorchSharp.torch;

namespace GanSharp.Samples;

/// <summary>Pictures of a run that move: a walk through latent space, and, where the folder is a run's, its samples step after step.</summary>
internal static class SampleAnimations
{
    private const int Rows = 4;

    /// <summary>Saves walk.gif and progress.gif.</summary>
    /// <param name="folder">Where to save them.</param>
    /// <param name="trainer">Whose average walks.</param>
    /// <param name="generator">Its generator.</param>
    /// <param name="columns">Walks in a row.</param>
    /// <param name="classes">A class in each column, or null.</param>
    public static void Save(string folder, GanTrainer trainer, GeneratorNetwork generator, int columns, int? classes)
    {
        using (trainer.UseAverage())
        using (var labels = classes is { } count ? arange(Rows * columns) % count : null)
            Animation.Save(new LatentWalk { Walks = Rows * columns, StepsBetweenStops = 12 }.Frames(generator, labels), Path.Combine(folder, "walk.gif"), new() { Columns = columns });
        if (File.Exists(Path.Combine(folder, "run.json")))
            Animation.SaveProgress(RunFolder.Open(folder), Path.Combine(folder, "progress.gif"));
    }
}
