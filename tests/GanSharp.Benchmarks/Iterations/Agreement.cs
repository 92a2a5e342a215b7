using GanSharp.Training;
using static TorchSharp.torch;

namespace GanSharp.Benchmarks.Iterations;

/// <summary>
/// Whether the trainer computes what the naive loop does: from the same weights, data and latents, the losses of the first steps. The naive loop is held
/// against itself on one thread, where only the order of sums differs: what rounding alone makes of a workload's first steps.
/// </summary>
internal static class Agreement
{
    public const int Steps = 20;

    /// <summary>Largest difference of a loss, divided by the loss or by 1 where that is larger.</summary>
    public static double LargestDifference(Variant variant, Workload workload)
    {
        variant.Tuning?.Apply();
        manual_seed(0);
        using var data = workload.Data();
        var (naive, ours) = (new List<(double, double)>(), new List<(double, double)>());
        Play((generator, discriminator) => PlayNaively(generator, discriminator, naive));
        var threads = get_num_threads();
        if (variant.Configure is null)
            set_num_threads(1);
        Play((generator, discriminator) =>
        {
            if (variant.Configure is not { } configure)
            {
                PlayNaively(generator, discriminator, ours);
                return;
            }
            using var trainer = new GanTrainer(generator, discriminator, data, configure(new() { BatchSize = workload.BatchSize }));
            ours.AddRange(trainer.Train(Steps).Select(report => (report.DiscriminatorLoss, report.GeneratorLoss)));
        });
        set_num_threads(threads);
        return naive.Zip(ours).Max(pair => Math.Max(Difference(pair.First.Item1, pair.Second.Item1), Difference(pair.First.Item2, pair.Second.Item2)));

        void PlayNaively(Networks.GeneratorNetwork generator, Networks.DiscriminatorNetwork discriminator, List<(double, double)> losses)
        {
            using var loop = new NaiveLoop(generator, discriminator, data, workload.BatchSize);
            for (var step = 0; step < Steps; step++)
                loop.Step(losses);
        }

        void Play(Action<Networks.GeneratorNetwork, Networks.DiscriminatorNetwork> run)
        {
            manual_seed(1);
            using var generator = workload.Generator();
            using var discriminator = workload.Discriminator();
            run(generator, discriminator);
        }
    }

    private static double Difference(double expected, double value) => Math.Abs(value - expected) / Math.Max(1, Math.Abs(expected));
}
