using GanSharp.Networks;
using GanSharp.Networks.Latents;
using GanSharp.Reporting;
using GanSharp.Reporting.Runs;
using GanSharp.Training;
using static TorchSharp.torch;

namespace GanSharp.Samples;

/// <summary>Pictures of a run that move: its samples step after step, and a walk through latent space.</summary>
internal static class SampleAnimations
{
    private const int Rows = 4;

    /// <summary>Saves progress.gif and walk.gif into the run's folder.</summary>
    /// <param name="run">The run, whose samples are images.</param>
    /// <param name="trainer">Whose average walks.</param>
    /// <param name="generator">Its generator.</param>
    /// <param name="columns">Walks in a row.</param>
    /// <param name="classes">A class in each column, or null.</param>
    public static void Save(RunFolder run, GanTrainer trainer, GeneratorNetwork generator, int columns, int? classes)
    {
        using (trainer.UseAverage())
        using (var labels = classes is { } count ? arange(Rows * columns) % count : null)
            Animation.Save(new LatentWalk { Walks = Rows * columns, StepsBetweenStops = 12 }.Frames(generator, labels), Path.Combine(run.FullName, "walk.gif"), new() { Columns = columns });
        run.Refresh();
        if (run.Samples.Count > 0)
            Animation.SaveProgress(run, Path.Combine(run.FullName, "progress.gif"));
    }
}
