using GanSharp.Networks;
using GanSharp.Optimization;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Training;

/// <summary>Samples of a trainer's generator for any thread. Weights are copied between two steps; what is trained stays as it is, bit for bit.</summary>
internal sealed class GeneratorSampling(GanTrainer trainer, FlatParameters parameters, WeightAverage? average) : IDisposable
{
    private const int ProbeSamples = 2;
    private GeneratorCopy? copy;
    private bool isDecided;

    /// <summary>Samples of the average, or of G where none is kept; from a copy of G where G can make one, else from G itself between two steps.</summary>
    public Tensor Sample(int count, long seed, Tensor? labels)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        using (trainer.Gate.Enter(nameof(GanTrainer.Sample)))
        {
            if (Copied(labels) is null)
                return SampleLiveNetwork(count, seed, labels);
            copy!.Stage(average, trainer.Step);
            if (copy.DrawsNoise)
                return copy.Sample(count, seed, labels, nameof(GanTrainer));
        }
        return copy.Sample(count, seed, labels, nameof(GanTrainer));
    }

    /// <summary>A copy for a server.</summary>
    public GeneratorSnapshot Snapshot(Func<GeneratorNetwork>? makeGenerator, bool averaged)
    {
        using var turn = trainer.Gate.Enter(nameof(GanTrainer.Snapshot));
        using var scope = NewDisposeScope();
        var probe = trainer.Data.Draw(trainer.Options.Seed, 0, (int)Math.Min(ProbeSamples, trainer.Data.Count ?? ProbeSamples));
        var made = Copy(makeGenerator is null ? Clone : () => makeGenerator() ?? throw Refusal("the factory returned null"), probe.Labels?.to(trainer.Device), (int)probe.Samples.shape[0]);
        made.Stage(averaged ? average : null, trainer.Step);
        return new GeneratorSnapshot(this, made, averaged);
    }

    /// <summary>Takes the present weights into a copy.</summary>
    public void Update(GeneratorCopy target, bool averaged)
    {
        using var turn = trainer.Gate.Enter("GeneratorSnapshot.Update");
        target.Stage(averaged ? average : null, trainer.Step);
    }

    /// <summary>Keeps training from drawing from torch's global generator; null where nothing trains any more.</summary>
    public IDisposable? Pause() => trainer.Gate.EnterUnlessClosed("GeneratorSnapshot.Sample");

    public void Dispose() => copy?.Dispose();

    private GeneratorNetwork Clone() => trainer.Generator.CloneArchitecture() ?? throw Refusal("it can't make one");

    private NetworkException Refusal(string reason)
    {
        var name = trainer.Generator.GetType().Name;
        return new NetworkException($"A snapshot of {name} needs a second {name} to copy the weights into, and {reason}. Call Snapshot(() => new {name}(…)) with the arguments of the first, or override CloneArchitecture in {name}.");
    }

    private GeneratorCopy? Copied(Tensor? labels)
    {
        if (isDecided)
            return copy;
        GeneratorNetwork? twin;
        using (GlobalRandom.Fork(0, "generator copy"))
            twin = trainer.Generator.CloneArchitecture();
        if (twin is not null)
        {
            using var scope = NewDisposeScope();
            var probe = labels?.to(trainer.Device).narrow(0, 0, Math.Min(ProbeSamples, labels.shape[0]));
            copy = Copy(() => twin, probe, probe is null ? ProbeSamples : (int)probe.shape[0]);
        }
        isDecided = true;
        return copy;
    }

    private GeneratorCopy Copy(Func<GeneratorNetwork> make, Tensor? labels, int count)
    {
        using var random = SeededRandom.Create(0, "trial of a copy", device: trainer.Device);
        return new GeneratorCopy(trainer.Generator, parameters, make, trainer.Generator.Prior.Sample(count, random, trainer.Device), labels);
    }

    private Tensor SampleLiveNetwork(int count, long seed, Tensor? labels)
    {
        using var before = new NetworkSnapshot(trainer.Generator);
        try
        {
            average?.CopyToNetwork();
            return GeneratorCopy.DrawWithNoise(trainer.Generator, count, seed, labels);
        }
        finally
        {
            before.Restore();
        }
    }
}
