using GanSharp.Networks;
using GanSharp.Optimization.Averages;
using GanSharp.Optimization.Flat;
using GanSharp.Randomness;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Training.Serving;

/// <summary>
/// A second network with a generator's architecture, into which the trained weights are copied repeatedly. Weights are staged first, so that
/// taking them, for which training waits, never waits for samples being generated; the network adopts them before it samples next.
/// </summary>
internal sealed class GeneratorCopy : IDisposable
{
    // Torch has one global random generator, so of the copies that draw from it, only one in the process samples at a time.
    private static readonly Lock Noise = new();
    private readonly Lock staging = new(), sampling = new();
    private readonly GeneratorNetwork network;
    private readonly FlatParameters? parameters;
    private readonly Tensor[] learned = [], unlearned = [], sources = [], unlearnedSources = [], staged = [], unlearnedStaged = [];
    private bool isStale, isDisposed;
    private long step;

    /// <summary>Creates the network and compares it with the original, which must not change meanwhile and is left unchanged.</summary>
    /// <param name="source">The original.</param>
    /// <param name="sourceParameters">Its flat parameters.</param>
    /// <param name="make">Creates a network of the same architecture, which this object disposes.</param>
    /// <param name="latents">Some latents for a trial, on the original's device.</param>
    /// <param name="labels">As many labels, or null.</param>
    /// <exception cref="NetworkException">It is a different network; the message says how it differs.</exception>
    public GeneratorCopy(GeneratorNetwork source, FlatParameters sourceParameters, Func<GeneratorNetwork> make, Tensor latents, Tensor? labels)
    {
        using var frozen = no_grad();
        using var random = GlobalRandom.Fork(0, "generator copy");
        // On a thread without dispose scopes, because tensors that the network holds besides its registered ones must outlive the caller's scope.
        network = Task.Factory.StartNew(make, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).GetAwaiter().GetResult();
        // Checked before this object becomes responsible for disposing it.
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
            (sources, learned) = (AveragedNetwork.ValuesOf(source, sourceParameters), AveragedNetwork.ValuesOf(network, parameters));
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

    /// <summary>Whether it draws from torch's global random generator even in evaluation mode. It may then sample only between training steps.</summary>
    public bool DrawsNoise { get; }

    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public void ThrowIfDisposed(string owner)
    {
        if (Volatile.Read(ref isDisposed))
            throw Disposed(owner);
    }

    /// <summary>Generator steps of the weights.</summary>
    public long Step
    {
        get
        {
            lock (staging)
                return step;
        }
    }

    /// <summary>Takes the current weights; they must not be written meanwhile.</summary>
    /// <param name="average">The average to take; null for the original's current weights.</param>
    /// <param name="ofStep">Generator steps taken.</param>
    public void Stage(WeightAverage? average, long ofStep)
    {
        lock (staging)
        {
            if (isDisposed)
                return;
            if (average is null)
                AveragedNetwork.Copy(sources, staged);
            else
                average.CopyTo(staged);
            AveragedNetwork.Copy(unlearnedSources, unlearnedStaged);
            (isStale, step) = (true, ofStep);
        }
    }

    /// <summary>Samples, for one caller at a time.</summary>
    /// <param name="request">The request.</param>
    /// <param name="owner">The object to name in the exception if this is disposed.</param>
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

    /// <summary>Seeded samples of a network that draws from torch's global random generator, which then continues as if nothing had been drawn. Nothing else may draw meanwhile.</summary>
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
            AveragedNetwork.Copy(staged, learned);
            AveragedNetwork.Copy(unlearnedStaged, unlearned);
            isStale = false;
        }
    }
}
