using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Optimization.Averages;
using GanSharp.Optimization.Flat;
using GanSharp.Randomness;
using GanSharp.Training.State;
using GanSharp.Training.Turns;
using static TorchSharp.torch;

namespace GanSharp.Training.Serving;

/// <summary>Samples of a trainer's generator for any thread. Weights are copied between two steps; training is unchanged, bit for bit.</summary>
internal sealed class GeneratorSampling(TrainerGate gate, TrainingState state, GeneratorNetwork generator, FlatParameters parameters, WeightAverage? average, Func<int, Tensor?> labelsOfData)
    : IDisposable
{
    private const int ProbeSamples = 2;
    private readonly Device device = generator.Device();
    private GeneratorCopy? copy;
    private bool isDecided;

    /// <summary>The generator.</summary>
    public GeneratorNetwork Generator => generator;

    /// <summary>Samples of the average, or of G where none is kept; from a copy of G where G can create one, otherwise from G itself between two steps.</summary>
    public Tensor Sample(SampleRequest request)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(request.Count, 1, "count");
        using (gate.Enter("Sample"))
        {
            if (Copied(request) is null)
                return SampleLiveNetwork(request);
            copy!.Stage(average, state.Step);
            if (copy.DrawsNoise)
                return copy.Sample(request, gate.Owner);
        }
        return copy.Sample(request, gate.Owner);
    }

    /// <summary>A copy for a server.</summary>
    public GeneratorSnapshot Snapshot(Func<GeneratorNetwork>? makeGenerator, bool averaged)
    {
        using var turn = gate.Enter("Snapshot");
        using var scope = NewDisposeScope();
        var labels = labelsOfData(ProbeSamples);
        var made = Copy(makeGenerator is null ? Clone : () => makeGenerator() ?? throw Refusal("the factory returned null"), labels?.to(device), labels is null ? ProbeSamples : (int)labels.shape[0]);
        made.Stage(averaged ? average : null, state.Step);
        return new GeneratorSnapshot(this, made, averaged);
    }

    /// <summary>Takes the current weights into a copy.</summary>
    public void Update(GeneratorCopy target, bool averaged)
    {
        using var turn = gate.Enter("GeneratorSnapshot.Update");
        target.Stage(averaged ? average : null, state.Step);
    }

    /// <summary>Prevents training from drawing from torch's global random generator; null where there is no more training.</summary>
    public IDisposable? Pause() => gate.EnterUnlessClosed("GeneratorSnapshot.Sample");

    public void Dispose() => copy?.Dispose();

    private GeneratorNetwork Clone() => generator.CloneArchitecture() ?? throw Refusal("it can't make one");

    private NetworkException Refusal(string reason)
    {
        var name = generator.GetType().Name;
        return new NetworkException($"A snapshot of {name} needs a second {name} to copy the weights into, and {reason}. Call Snapshot(() => new {name}(…)) with the arguments of the first, or override CloneArchitecture in {name}.");
    }

    private GeneratorCopy? Copied(SampleRequest request)
    {
        if (isDecided)
            return copy;
        GeneratorNetwork? twin;
        using (GlobalRandom.Fork(0, "generator copy"))
            twin = generator.CloneArchitecture();
        if (twin is not null)
        {
            using var scope = NewDisposeScope();
            var labels = request.AllLabels();
            // Before the trial of the copy hands them to a layer.
            LabelCheck.ThrowIfUnfit(generator, labels, request.Count);
            var probe = labels?.to(device).narrow(0, 0, Math.Min(ProbeSamples, labels.shape[0]));
            copy = Copy(() => twin, probe, probe is null ? ProbeSamples : (int)probe.shape[0]);
        }
        isDecided = true;
        return copy;
    }

    private GeneratorCopy Copy(Func<GeneratorNetwork> make, Tensor? labels, int count)
    {
        using var random = SeededRandom.Create(0, "trial of a copy", device: device);
        return new GeneratorCopy(generator, parameters, make, generator.Prior.Sample(count, random, device), labels);
    }

    private Tensor SampleLiveNetwork(SampleRequest request)
    {
        using var before = new NetworkSnapshot(generator);
        try
        {
            average?.CopyToNetwork();
            return GeneratorCopy.DrawWithNoise(generator, request);
        }
        finally
        {
            before.Restore();
        }
    }
}
