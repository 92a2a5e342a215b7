using System.CommandLine;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Metrics.Modes;
using GanSharp.Mpi;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Reporting;
using GanSharp.Runtime;
using GanSharp.Samples;
using GanSharp.Training;
using TorchSharp;
using static TorchSharp.torch;

const int Points = 20_000, CoverageSamples = 10_000;

var steps = new Option<int>("--steps") { Description = "Generator steps.", DefaultValueFactory = _ => 3_000 }.AtLeast(2);
var batch = new Option<int>("--batch") { Description = "Samples of a whole batch, which the ranks share equally.", DefaultValueFactory = _ => 256 }.AtLeast(1);
var timeout = new Option<double>("--timeout") { Description = "Seconds that ranks wait for one that doesn't come.", DefaultValueFactory = _ => 300 }.AtLeast(1.0);
var gpu = new Option<bool>("--gpu") { Description = "Each rank trains on the one GPU that it sees; NCCL adds (untested on hardware)." };
var checkpoints = new Option<DirectoryInfo?>("--checkpoints") { Description = "Folder for checkpoints, which every rank must reach; a run goes on from the newest. Default: none." };
var command = new RootCommand("Trains a GAN on a ring of 8 Gaussians in several processes: start it by mpirun, srun or as an MPIJob; alone it is one process. See README.md beside it.")
{
    steps, batch, timeout, gpu, checkpoints, SampleCommand.Seed, SampleCommand.Quiet, SampleCommand.Verbose,
};
return SampleCommand.Run(command, args, (options, cancellation) =>
{
    try
    {
        Train(options, cancellation);
    }
    catch (MpiException exception)
    {
        // One that ends as a sentence on the console, as other samples' errors do.
        throw new IOException(exception.Message, exception);
    }
});

void Train(ParseResult options, CancellationToken cancellation)
{
    using var processes = MpiCommunicator.Initialize(new MpiOptions { Timeout = TimeSpan.FromSeconds(options.GetValue(timeout)) });
    using var gpus = options.GetValue(gpu) ? NcclCommunicator.Create(processes) : null;
    var isFirst = processes.Rank == 0;
    if (options.GetValue(batch) % processes.Size != 0)
        throw new ArgumentException($"--batch must be a multiple of the {processes.Size} ranks but is {options.GetValue(batch)}.");
    // The ranks of a machine share its processors.
    new ComputeTuning { TrainersOnThisMachine = processes.Members.Count(member => member.Host == processes.Members[processes.Rank].Host) }.Apply();
    if (isFirst)
        Console.WriteLine($"{processes.Size} {(processes.Size == 1 ? "rank" : "ranks")} on {processes.Library}: {string.Join(", ", processes.Members.Select(member => $"{member.Rank} is process {member.ProcessId} on {member.Host}"))}");
    var (seed, count) = (options.GetValue(SampleCommand.Seed), options.GetValue(steps));
    manual_seed(seed);
    using var ring = Mixtures.Ring();
    // The same points on every rank; each takes its part of every batch.
    using var data = new InMemoryDataset(ring.Draw(seed, 0, Points).Samples);
    using var generator = new MlpGenerator(latentSize: 2, 128, outputSize: 2);
    using var discriminator = new MlpDiscriminator(inputSize: 2, 128);
    if (gpus is not null)
    {
        generator.to(CUDA);
        discriminator.to(CUDA);
    }
    using var trainer = new GanTrainer(generator, discriminator, data, TrainingOptions.RegularizedRelativistic(count, gamma: 0.3, learningRate: 1e-3) with
    {
        BatchSize = options.GetValue(batch) / processes.Size,
        Seed = seed,
        Communicator = gpus is null ? processes : gpus,
    });
    var folder = options.GetValue(checkpoints)?.FullName;
    if (folder is not null && trainer.ResumeIfAny(folder) is { } resumed && isFirst)
        Console.WriteLine(resumed);
    var every = Math.Max(1, count / 20);
    var run = trainer.TrainTo(count, cancellation);
    var reports = (folder is null ? run : run.WithCheckpoints(folder, new() { EverySteps = every })).Every(every);
    // Every rank draws the reports, one shows them.
    foreach (var _ in isFirst ? reports.WithProgress(verbosity: SampleCommand.Verbosity) : reports)
    {
    }
    var fingerprint = NetworkFingerprint.Compute(generator);
    Console.WriteLine($"Rank {processes.Rank}: G is {fingerprint[..16]} after {trainer.Step} steps.");
    // What one rank does alone comes when nobody waits for it any more.
    gpus?.Dispose();
    processes.Dispose();
    if (!isFirst)
        return;
    using var scope = NewDisposeScope();
    var coverage = ModeCoverage.Measure(trainer.Sample(CoverageSamples), ring);
    Console.WriteLine($"{coverage.ModesHit} of {coverage.ModeCount} modes, {100 * coverage.HighQualityFraction:0.0}% of the samples within three standard deviations of one.");
}
