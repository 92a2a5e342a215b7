using GanSharp.Networks;
using GanSharp.Runtime;
using static TorchSharp.torch;

namespace GanSharp.Training.Serving;

/// <summary>
/// A generator for serving samples while another thread trains: a copy with a separate network, which doesn't change until <see cref="Update"/>.
/// Every member may be called from any thread. It can be used after its trainer is disposed.
/// </summary>
/// <remarks>
/// It computes on a separate thread, on one processor, one request after another, so that requests neither share the network nor make torch's
/// threads compete with those that train; create several snapshots to serve on several processors. A generator that draws from torch's global random
/// generator when it samples (for noise) is served between two steps instead, because training draws from the same one.
/// </remarks>
public sealed class GeneratorSnapshot : IDisposable
{
    private readonly GeneratorSampling source;
    private readonly GeneratorCopy copy;
    private readonly bool averaged;
    private readonly LoneThread thread = new(nameof(GeneratorSnapshot));

    internal GeneratorSnapshot(GeneratorSampling source, GeneratorCopy copy, bool averaged) =>
        (this.source, this.copy, this.averaged) = (source, copy, averaged);

    /// <summary>Generator steps of its weights.</summary>
    public long Step => copy.Step;

    /// <summary>What latents are drawn from.</summary>
    public LatentPrior Prior => source.Generator.Prior;

    /// <summary>Number of classes that samples are asked for by; null for a generator without.</summary>
    public int? Classes => source.Generator.Classes;

    /// <summary>
    /// Takes the trainer's current weights. It waits for the step in progress; training waits only while the weights are copied, not for samples.
    /// Later requests use these weights.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The trainer or this snapshot is disposed.</exception>
    /// <exception cref="InvalidOperationException">It was called from within a step.</exception>
    public void Update()
    {
        copy.ThrowIfDisposed(nameof(GeneratorSnapshot));
        source.Update(copy, averaged);
    }

    /// <summary>
    /// Samples with the snapshot's weights: up to rounding those of <see cref="GanSharp.Training.Runs.Trainer{TReport}.Sample(int, long, Tensor?, long?)"/>, which computes on more processors.
    /// The same seed gives the same samples, bit for bit, until <see cref="Update"/>, regardless of other requests.
    /// </summary>
    /// <param name="count">Number of samples, at least 1.</param>
    /// <param name="seed">Determines the latents, as in <see cref="GanSharp.Training.Runs.Trainer{TReport}.Sample(int, long, Tensor?, long?)"/>. Default 0.</param>
    /// <param name="labels">Int64 tensor of shape [count], or mixtures of classes (<see cref="GanSharp.Networks.Latents.ClassMixture"/>), or null.</param>
    /// <param name="label">One class for all samples, instead of <paramref name="labels"/>; null for none.</param>
    /// <returns>Tensor of shape [count, …], which the caller disposes.</returns>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public Tensor Sample(int count, long seed = 0, Tensor? labels = null, long? label = null) => Owned(SampleAsync(count, seed, labels, label));

    /// <summary><see cref="Sample(int, long, Tensor?, long?)"/> for labels and the first latents. Without this overload C# would turn the count into a tensor of latents.</summary>
    /// <inheritdoc cref="Sample(int, long, Tensor?, long?)"/>
    public Tensor Sample(int count, Tensor? labels) => Sample(count, seed: 0, labels);

    /// <summary>G(z) with the snapshot's weights, for the given latents.</summary>
    /// <param name="latents">Float32 tensor of shape [N, size of the prior].</param>
    /// <param name="labels">Int64 tensor of shape [N], or mixtures of classes (<see cref="GanSharp.Networks.Latents.ClassMixture"/>), or null.</param>
    /// <param name="label">One class for all samples; null for none.</param>
    /// <returns>Tensor of shape [N, …], which the caller disposes.</returns>
    /// <exception cref="ArgumentException">The latents have the wrong shape or type, or the labels are invalid.</exception>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public Tensor Sample(Tensor latents, Tensor? labels = null, long? label = null) => Owned(Run(SampleRequest.Of(latents, seed: 0, labels, label), default));

    private static Tensor Owned(Task<Tensor> sampling)
    {
        var samples = sampling.GetAwaiter().GetResult();
        // Like any operator's result, it belongs to the caller's dispose scope where there is one.
        using var scope = NewDisposeScope();
        scope.Attach(samples);
        return samples.MoveToOuterDisposeScope();
    }

    /// <summary><see cref="Sample(int, long, Tensor?, long?)"/> without blocking a thread. The result belongs to no dispose scope; labels must not be disposed before it is complete.</summary>
    /// <param name="count">Number of samples, at least 1.</param>
    /// <param name="seed">Determines the latents. Default 0.</param>
    /// <param name="labels">Int64 tensor of shape [count], or mixtures of classes (<see cref="GanSharp.Networks.Latents.ClassMixture"/>), or null.</param>
    /// <param name="label">One class for all samples, instead of <paramref name="labels"/>; null for none.</param>
    /// <param name="cancellationToken">Cancels the request if it hasn't begun.</param>
    /// <returns>Tensor of shape [count, …], which the caller disposes.</returns>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public Task<Tensor> SampleAsync(int count, long seed = 0, Tensor? labels = null, long? label = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        return Run(new SampleRequest(count, seed, labels, label), cancellationToken);
    }

    private Task<Tensor> Run(SampleRequest request, CancellationToken cancellationToken) => thread.Run(() =>
    {
        using var pause = copy.DrawsNoise ? source.Pause() : null;
        return copy.Sample(request, nameof(GeneratorSnapshot));
    }, cancellationToken);

    /// <summary>Completes earlier requests and releases the copy.</summary>
    public void Dispose()
    {
        thread.Dispose();
        copy.Dispose();
    }
}
