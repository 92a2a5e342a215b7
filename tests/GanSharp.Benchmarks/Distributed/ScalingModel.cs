using System.Globalization;
using GanSharp.Benchmarks.Iterations;
using TorchSharp.Modules;

namespace GanSharp.Benchmarks.Distributed;

/// <summary>What <see cref="StepCost"/> predicts for many ranks: nothing here is measured.</summary>
internal static class ScalingModel
{
    private static readonly int[] Ranks = [1, 2, 8, 64, 512, 4_096];

    /// <summary>
    /// StyleGAN2 at 1024 × 1024: 30 million parameters in G and 29 in D (config F, Karras et al. 2020), no batch norm, and 14.57 s for 1,000 images on 8 A100, of which each takes 4 of a batch of 32
    /// (docs/configs.md of NVIDIA's stylegan3), so 8 · 14.57 ms an image of one GPU's time.
    /// </summary>
    private static StepCost StyleGan2 { get; } = new("StyleGAN2, 1024 × 1024, A100", 8 * 14.57e-3, 30e6 * sizeof(float), 29e6 * sizeof(float), []);

    /// <param name="workload">A workload of the other benchmarks.</param>
    /// <param name="sampleMilliseconds">Its computing for one sample, on one rank.</param>
    /// <param name="batchSize">Its samples of each rank, for weak scaling.</param>
    /// <param name="totalBatch">Samples of all ranks, for strong scaling.</param>
    /// <param name="networks">What is between the ranks.</param>
    public static string Predict(string workload, double sampleMilliseconds, int batchSize, int totalBatch, IReadOnlyList<RingCost> networks)
    {
        var pairs = new[] { (Cost: Of(Workload.Named(workload), sampleMilliseconds), Batch: batchSize), (Cost: StyleGan2, Batch: 4) };
        ResultTable[] tables = [.. pairs.SelectMany(pair => new[] { Weak(pair.Cost, pair.Batch, networks), Strong(pair.Cost, totalBatch, networks) })];
        foreach (var table in tables)
            table.Print();
        var exchanges = string.Join("; ", pairs.Select(pair => FormattableString.Invariant(
            $"{pair.Cost.Name}: {1e3 * pair.Cost.SecondsPerSample:0.##} ms a sample, {(pair.Cost.GeneratorBytes + pair.Cost.DiscriminatorBytes) / 1e6:0.0} MB of gradients, {pair.Cost.Exchanges(2).Count()} exchanges a step on 2 ranks, {pair.Cost.Exchanges(64).Count()} on 64")));
        Console.WriteLine(exchanges);
        return string.Join("\n\n", [$"{exchanges}.", .. tables.Select(table => table.ToMarkdown())]);
    }

    /// <summary>The cost of a workload's networks.</summary>
    public static StepCost Of(Workload workload, double sampleMilliseconds)
    {
        using var generator = workload.Generator();
        using var discriminator = workload.Discriminator();
        static double Bytes(TorchSharp.torch.nn.Module network) => network.parameters().Sum(parameter => (double)parameter.numel() * parameter.element_size());
        return new StepCost(workload.Name, sampleMilliseconds * 1e-3, Bytes(generator), Bytes(discriminator), [.. generator.modules().OfType<BatchNorm>().Select(norm => (int)norm.running_mean!.numel())]);
    }

    private static ResultTable Weak(StepCost cost, int batchSize, IReadOnlyList<RingCost> networks) => new(
        $"{cost.Name}, {batchSize} samples on each rank: a step, and its share of computing", ["ranks", .. networks.Select(network => network.Name)],
        [.. Ranks.Select(ranks => (string[])[Count(ranks), .. networks.Select(network => $"{Time(cost.Seconds(ranks, batchSize, network))}, {Share(cost.Efficiency(ranks, batchSize, network))}")])]);

    private static ResultTable Strong(StepCost cost, int samples, IReadOnlyList<RingCost> networks) => new(
        $"{cost.Name}, {Count(samples)} samples on all ranks together: a step, and how much faster than one rank", ["ranks", .. networks.Select(network => network.Name)],
        [
            .. Ranks.Where(ranks => ranks <= samples).Select(ranks => (string[])[Count(ranks), .. networks.Select(network =>
                FormattableString.Invariant($"{Time(cost.Seconds(ranks, (double)samples / ranks, network))}, × {cost.SpeedUp(ranks, samples, network):#,0.0}"))]),
            ["fastest on", .. networks.Select(network => Count(cost.FastestRanks(samples, network)))],
        ]);

    private static string Count(int number) => number.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Share(double share) => share.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Time(double seconds) => seconds < 1 ? FormattableString.Invariant($"{1e3 * seconds:0} ms") : FormattableString.Invariant($"{seconds:0.0} s");
}
