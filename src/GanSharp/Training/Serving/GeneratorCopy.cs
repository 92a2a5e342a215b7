using GanSharp.Networks;
using GanSharp.Optimization;
using GanSharp.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Training.Serving;

/// <summary>
/// A second network of a generator's architecture, into which the trained weights are copied again and again. Weights are staged first, so that
/// taking them, for which training waits, never waits for samples in the making; the network takes them over before it samples next.
/// </summary>
internal sealed class GeneratorCopy : IDisposable
{
    // Torch has one global generator: of copies that draw from it, one in the process samples at a time.
    private static readonly Lock Noise = new();
    private readonly Lock staging = new(), sampling = new();
    private readonly GeneratorNetwork network;
    private readonly FlatParameters? parameters;
    private readonly Tensor[] learned = [], unlearned = [], sources = [], unlearnedSources = [], staged = [], unlearnedStaged = [];
    private bool isStale, isDisposed;
    private long step;

    /// <summary>Makes the network and compares it with the original, which must stand still meanwhile and is left as it was.</summary>
    /// <param name="source">The original.</param>
    /// <param name="sourceParameters">Its flat parameters.</param>
    /// <param name="make">Makes a network of the same architecture, which is disposed with this.</param>
    /// <param name="latents">Some latents for a trial, on the original's device.</param>
    /// <param name="labels">As many labels, or null.</param>
    /// <exception cref="NetworkException">It is another network; the message says in what.</exception>
    public GeneratorCopy(GeneratorNetwork source, FlatParameters sourceParameters, Func<GeneratorNetwork> make, Tensor latents, Tensor? labels)
    {
        using var frozen = no_grad();
        using var random = GlobalRandom.Fork(0, "generator copy");
        // On a thread without dispose scopes: what the network holds beside its registered tensors must outlive the caller's.
        network = Task.Factory.StartNew(make, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).GetAwaiter().GetResult();
        // Before it is this one's to dispose.
        GeneratorComparison.ThrowIfShared(source, network);
        var own = (Parameters: network.named_parameters().ToArray(), Buffers: network.named_buffers().ToArray());
        try
        {
            foreach (var tensor in own.Parameters.Select(named => (Tensor)named.parameter).Concat(own.Buffers.Select(named => named.buffer)))
                tensor.DetachFromDisposeScope();
            network.to(source.Device());
            network.eval();
            GeneratorComparison.ThrowIfOther(source, network);
            var learns = sourceParameters.Layout.Select(place => place.Name).ToHashSet();
            foreach (var (_, parameter) in own.Parameters)
                parameter.requires_grad_(false);
            foreach (var (name, parameter) in own.Parameters.Where(named => learns.Contains(named.name)))
                parameter.requires_grad_(true);
            parameters = new FlatParameters(network);
            foreach (var (_, parameter) in own.Parameters)
                parameter.requires_grad_(false);
            if (!parameters.Layout.SequenceEqual(sourceParameters.Layout))
                throw new NetworkException($"The copy of {source.GetType().Name} must share weights among its layers as the original does. Make both with the same constructor.");
            (sources, learned) = (WeightAverage.Values(source, sourceParameters), WeightAverage.Values(network, parameters));
            static Tensor[] Others(GeneratorNetwork network, HashSet<string> learns) => [
                .. network.named_parameters().Where(named => !learns.Contains(named.name)).Select(named => (Tensor)named.parameter),
                .. network.buffers().Where(buffer => !buffer.is_floating_point())];
            (unlearnedSources, unlearned) = (Others(source, learns), Others(network, learns));
            staged = Clones(learned);
            unlearnedStaged = Clones(unlearned);
            Stage(null, 0);
            TakeOver();
            DrawsNoise = GeneratorComparison.Try(source, network, latents, labels);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Whether it draws from torch's global generator even in evaluation mode. It may then sample only while nothing trains.</summary>
    public bool DrawsNoise { get; }

    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public void ThrowIfDisposed(string owner)
    {
        if (Volatile.Read(ref isDisposed))
            throw Disposed(owner);
    }

    /// <summary>Generator steps behind the weights.</summary>
    public long Step
    {
        get
        {
            lock (staging)
                return step;
        }
    }

    /// <summary>Takes the weights as they are now; nobody may be writing them.</summary>
    /// <param name="average">Whose average to take; null for the original as it trains.</param>
    /// <param name="ofStep">Generator steps taken.</param>
    public void Stage(WeightAverage? average, long ofStep)
    {
        lock (staging)
        {
            if (isDisposed)
                return;
            if (average is null)
                WeightAverage.Copy(sources, staged);
            else
                average.CopyTo(staged);
            WeightAverage.Copy(unlearnedSources, unlearnedStaged);
            (isStale, step) = (true, ofStep);
        }
    }

    /// <summary>Samples, one caller at a time.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="owner">What is disposed where this is.</param>
    public Tensor Sample(SampleRequest request, string owner)
    {
        lock (sampling)
        {
            ThrowIfDisposed(owner);
            TakeOver();
            if (!DrawsNoise)
                return request.Draw(network);
            lock (Noise)
                return DrawWithNoise(network, request);
        }
    }

    /// <summary>Samples by a seed of a network that draws from torch's global generator, which goes on as if nothing had been drawn. Nobody else may be drawing.</summary>
    public static Tensor DrawWithNoise(GeneratorNetwork network, SampleRequest request)
    {
        using var noise = GlobalRandom.Fork(request.Seed, "noise of samples");
        return request.Draw(network);
    }

    public void Dispose()
    {
        lock (sampling)
        {
            lock (staging)
            {
                if (isDisposed)
                    return;
                isDisposed = true;
            }
            foreach (var tensor in staged.Concat(unlearnedStaged))
                tensor.Dispose();
            parameters?.Dispose();
            network.Dispose();
        }
    }

    private static ObjectDisposedException Disposed(string owner) => new(owner);

    private static Tensor[] Clones(Tensor[] tensors) => [.. tensors.Select(tensor => tensor.detach().clone().DetachFromDisposeScope())];

    private void TakeOver()
    {
        lock (staging)
        {
            if (!isStale)
                return;
            WeightAverage.Copy(staged, learned);
            WeightAverage.Copy(unlearnedStaged, unlearned);
            isStale = false;
        }
    }
}
