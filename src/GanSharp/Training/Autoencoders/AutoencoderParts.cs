using GanSharp.Data;
using GanSharp.Diagnostics.Monitoring;
using GanSharp.Networks;
using GanSharp.Networks.Autoencoders;
using GanSharp.Optimization.Averages;
using GanSharp.Players;
using GanSharp.Randomness;
using GanSharp.Training.Guards;
using GanSharp.Training.Runs;
using GanSharp.Training.Serving;
using GanSharp.Training.State;
using GanSharp.Training.Telemetry;
using GanSharp.Training.Turns;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Training.Autoencoders;

/// <summary>What a VAE's trainer is made of.</summary>
internal sealed class AutoencoderParts : TrainerParts
{
    private readonly Ascent ascent;
    private readonly Player[] players;

    /// <exception cref="NetworkException">The VAE can't be trained, or belongs to another trainer.</exception>
    public AutoencoderParts(VariationalAutoencoder autoencoder, Dataset data, AutoencoderOptions options, TrainerGate gate)
    {
        try
        {
            Own(NetworkClaim.Take(networks: autoencoder));
            AutoencoderCheck.ThrowIfUnusable(autoencoder, data, options);
            var device = autoencoder.Decoder.Device();
            Player Learner(nn.Module part) => Own(new Player(part, options.Optimizer, Precision.Float32, sharesOptions: true));
            var (encoder, decoder, likelihood) = (Learner(autoencoder.Encoder), Learner(autoencoder.Decoder), Learner(autoencoder.Likelihood));
            players = [encoder, decoder, likelihood];
            options.Optimizer.ThrowIfAGroupIsEmpty(players.Select(player => player.Parameters));
            Averages = Own(new AverageSet(autoencoder.Decoder, decoder.Parameters, options.EmaHalfLifeImages, options.Averages));
            // The decoder is the run's generator: what reads one out of a checkpoint of a GAN reads this one, too.
            State = new TrainingState(
                [("generator", autoencoder.Decoder), ("encoder", autoencoder.Encoder), ("likelihood", autoencoder.Likelihood)], Own(SeededRandom.Create(options.Seed, "latents", device: device)),
                monitor: null, new MetricMonitor(autoencoder.Decoder, data, options.Metrics, options.Seed, options.Ranks), new TrainingEvents(options.Logger, options.TimeProvider));
            Statistics = Own(new BoundStatistics(device));
            var batches = Own(new BatchReader(data, options.Seed, options.BatchSize, options.Prefetch ?? BatchReader.IsWorthwhile(device), device));
            ascent = new Ascent(autoencoder, encoder, decoder, likelihood, batches, Averages, Statistics, State, options);
            // All learn from one loss, so in one turn.
            Guard = Own(new DivergenceGuard(options.Guards, [("encoder", encoder, 0, []), ("decoder", decoder, 0, []), ("likelihood", likelihood, 0, [])], device.type == DeviceType.CPU, State.Warnings));
            RollBack = Own(new RollBack(State, options.Guards, factor => encoder.RateFactor = decoder.RateFactor = likelihood.RateFactor = factor));
            Sampling = Own(new GeneratorSampling(gate, State, autoencoder.Decoder, decoder.Parameters, Averages.Main, count => data.Draw(options.Seed, 0, (int)Math.Min(count, data.Count ?? count)).Labels));
            foreach (var (name, part) in new (string, object?)[] {
                ("optimizer.generator", decoder.OptimizerState), ("optimizer.encoder", encoder.OptimizerState), ("optimizer.likelihood", likelihood.OptimizerState),
                ("statistics", Statistics), ("guard", Guard), ("roll-back", RollBack), ("generator.state", autoencoder.Decoder), ("encoder.state", autoencoder.Encoder),
                ("likelihood.state", autoencoder.Likelihood), ("data", data) })
                State.Add(name, part);
            foreach (var (name, average) in Averages.States)
                State.Add(name, average);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public BoundStatistics Statistics { get; }

    public override AverageSet Averages { get; }

    public override DivergenceGuard Guard { get; }

    public override RollBack RollBack { get; }

    public override GeneratorSampling Sampling { get; }

    public override TrainingState State { get; }

    public override void Step(bool isContinued) => ascent.Step(isContinued);

    public override void ThrowIfParametersMoved()
    {
        foreach (var player in players)
            player.Parameters.ThrowIfParametersMoved();
    }
}
