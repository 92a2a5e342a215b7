using GanSharp.Data;
using GanSharp.Diagnostics.Monitoring;
using GanSharp.Networks;
using GanSharp.Networks.Latents;
using GanSharp.Optimization.Averages;
using GanSharp.Penalties;
using GanSharp.Players;
using GanSharp.Randomness;
using GanSharp.Training.Checks;
using GanSharp.Training.Guards;
using GanSharp.Training.Runs;
using GanSharp.Training.Serving;
using GanSharp.Training.State;
using GanSharp.Training.Telemetry;
using GanSharp.Training.Turns;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Training;

/// <summary>What a GAN's trainer is made of.</summary>
internal sealed class GanParts : TrainerParts
{
    private readonly Alternation alternation;

    /// <exception cref="ArgumentException">An objective, a penalty, an augmentation or the auditor's factory fails a trial.</exception>
    /// <exception cref="NetworkException">A network can't be trained, or belongs to another trainer.</exception>
    /// <exception cref="InvalidOperationException">A part of the options keeps a state that belongs to another trainer.</exception>
    public GanParts(GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data, TrainingOptions options, TrainerGate gate)
    {
        try
        {
            Own(NetworkClaim.Take(generator, discriminator));
            Own(BeginStates(generator, discriminator, options));
            var trial = NetworkCheck.ThrowIfUnusable(generator, discriminator, data, options.Trial());
            var device = discriminator.Device();
            var joinsForward = JointForward.IsChosen(options, discriminator, data);
            Decisions = [new("JointForward, as it was chosen", joinsForward ? "true" : "false")];
            Generator = Own(new Player(generator, options.GeneratorOptimizer, options.Precision));
            Discriminator = Own(new Player(discriminator, options.DiscriminatorOptimizer, options.Precision));
            Generator.Communicator = Discriminator.Communicator = options.Communicator;
            Discriminator.WeightLimit = options.DiscriminatorWeightLimit;
            ThrowIfUnusableInLowPrecision(generator, discriminator, data, options);
            Averages = Own(new AverageSet(generator, Generator.Parameters, options.EmaHalfLifeImages, options.Averages));
            State = new TrainingState(
                [("generator", generator), ("discriminator", discriminator)], Own(SeededRandom.Create(options.Seed, "latents", device: device)),
                new DiagnosticMonitor(generator, discriminator, data, options.Objective, options.Diagnostics, options.Seed) { Ranks = options.Communicator, Labels = options.Labels },
                new MetricMonitor(generator, data, options.Metrics, options.Seed, options.Communicator) { Labels = options.Labels }, new TrainingEvents(options.Logger, options.TimeProvider)) { Processes = options.Communicator.Size };
            var discriminatorTerms = new TermNames(trial.DiscriminatorTerms, options.DiscriminatorPenalties.Select(penalty => penalty.Name));
            var generatorTerms = new TermNames(trial.GeneratorTerms, options.GeneratorPenalties.Select(penalty => penalty.Name));
            Statistics = Own(new StepStatistics(options.Objective, discriminatorTerms, generatorTerms, device));
            var losses = new GameLosses(generator, discriminator, options, joinsForward, Statistics.AddsValue, discriminatorTerms, generatorTerms);
            var batches = Own(new BatchReader(data, options.Seed, options.BatchSize, options.Prefetch ?? BatchReader.IsWorthwhile(device), device, options.BatchSize * options.Communicator.Size));
            alternation = Own(new Alternation(Generator, Discriminator, losses, batches, Averages, Statistics, State, options));
            Guard = Own(new DivergenceGuard(options.Guards, [
                ("discriminator", Discriminator, 0, [.. options.DiscriminatorPenalties, options.Objective, options.Augmentation]),
                ("generator", Generator, 1, [.. options.GeneratorPenalties, options.Objective, options.Augmentation])], device.type == DeviceType.CPU, State.Warnings));
            RollBack = Own(new RollBack(State, options.Guards, factor => Generator.RateFactor = Discriminator.RateFactor = factor));
            Sampling = Own(new GeneratorSampling(gate, State, generator, Generator.Parameters, Averages.Main, count => LabelsToTry(generator, data, options, (int)Math.Min(count, data.Count ?? count))));
            AddStates(data, options);
            State.Warnings.AddRange(trial.Warnings);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Player Generator { get; }

    public Player Discriminator { get; }

    public StepStatistics Statistics { get; }

    public override IReadOnlyList<KeyValuePair<string, string>> Decisions { get; }

    public override AverageSet Averages { get; }

    public override DivergenceGuard Guard { get; }

    public override RollBack RollBack { get; }

    public override GeneratorSampling Sampling { get; }

    public override TrainingState State { get; }

    public override void Step(bool isContinued) => alternation.Step(isContinued);

    public override void ThrowIfParametersMoved()
    {
        Generator.Parameters.ThrowIfParametersMoved();
        Discriminator.Parameters.ThrowIfParametersMoved();
    }

    private static NetworkClaim BeginStates(GeneratorNetwork generator, DiscriminatorNetwork discriminator, TrainingOptions options)
    {
        (string, object?)[] parts =
        [
            .. options.DiscriminatorPenalties.Select(penalty => (nameof(options.DiscriminatorPenalties), (object?)penalty)),
            .. options.GeneratorPenalties.Select(penalty => (nameof(options.GeneratorPenalties), (object?)penalty)),
            (nameof(options.Objective), options.Objective), (nameof(options.Augmentation), options.Augmentation), (nameof(options.Labels), options.Labels),
        ];
        return NetworkClaim.Take(parts, () =>
        {
            foreach (var penalty in options.DiscriminatorPenalties.Concat<Penalty>(options.GeneratorPenalties))
                penalty.Begin(generator, discriminator);
            options.Augmentation?.Begin();
        });
    }

    private void ThrowIfUnusableInLowPrecision(GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data, TrainingOptions options)
    {
        using var lowGenerator = Generator.Enter();
        using var lowDiscriminator = Discriminator.Enter();
        if (lowGenerator is not null)
            NetworkCheck.ThrowIfUnusableInLowPrecision(generator, discriminator, data, options.Labels, options.Seed, $"{options.Precision}");
    }

    private static Tensor? LabelsToTry(GeneratorNetwork generator, Dataset data, TrainingOptions options, int count)
    {
        using var random = SeededRandom.Create(options.Seed, "labels of a copy's trial", device: generator.Device());
        return AskedLabels.Of(generator, options.Labels, data.Draw(options.Seed, 0, count).Labels, count, random).Labels;
    }

    /// <summary>Everything that has a state of its own, under the name that it has in checkpoints.</summary>
    private void AddStates(Dataset data, TrainingOptions options)
    {
        foreach (var (name, part) in new (string, object?)[] {
            ("optimizer.generator", Generator.OptimizerState), ("optimizer.discriminator", Discriminator.OptimizerState), ("statistics", Statistics),
            ("guard", Guard), ("roll-back", RollBack) })
            State.Add(name, part);
        foreach (var (name, part) in new (string, object?)[] {
            ("generator.state", Generator.Network), ("discriminator.state", Discriminator.Network), ("data", data), ("objective", options.Objective), ("augmentation", options.Augmentation), ("labels", options.Labels) })
            State.Add(name, part, isCallers: true);
        foreach (var (name, average) in Averages.States)
            State.Add(name, average);
        foreach (var (index, penalty) in options.DiscriminatorPenalties.Index())
            State.Add($"penalty.{index}", penalty, isCallers: true);
        foreach (var (index, penalty) in options.GeneratorPenalties.Index())
            State.Add($"generator penalty.{index}", penalty, isCallers: true);
    }
}
