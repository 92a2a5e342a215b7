using GanSharp.Runtime;
using static TorchSharp.torch;

namespace GanSharp.Training.Serving;

/// <summary>
/// A generator to serve samples from while another thread trains: a copy with a network of its own, which stays as it is until <see cref="Update"/>.
/// Every member may be called from any thread. It outlives its trainer.
/// </summary>
/// <remarks>
/// It computes on a thread of its own, on one processor, one request after another, so that requests neither share the network nor let torch's
/// threads spin against those that train; take several snapshots to serve on several processors. A generator that draws from torch's global random
/// generator as it samples (noise of its own) is served between two steps instead, because training draws from the same one.
/// </remarks>
public sealed class GeneratorSnapshot : IDisposable
{
    private readonly GeneratorSampling source;
    private readonly GeneratorCopy copy;
    private readonly bool averaged;
    private readonly LoneThread thread = new(nameof(GeneratorSnapshot));

    internal GeneratorSnapshot(GeneratorSampling source, GeneratorCopy copy, bool averaged) =>
        (this.source, this.copy, this.averaged) = (source, copy, averaged);

    /// <summary>Generator steps behind its weights.</summary>
    public long Step => copy.Step;

    /// <summary>
    /// Takes over the trainer's present weights. It waits for the step in progress; training waits for a copy of the weights and for no samples.
    /// What is asked for from then on is made with them.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The trainer is disposed, or this is.</exception>
    /// <exception cref="InvalidOperationException">It was called from within a step.</exception>
    public void Update()
    {
        copy.ThrowIfDisposed(nameof(GeneratorSnapshot));
        source.Update(copy, averaged);
    }

    /// <summary>
    /// Samples of the weights that it holds: to rounding those of <see cref="GanTrainer.Sample(int, long, Tensor?, long?)"/>, which computes on more processors.
    /// The same seed gives the same samples, bit for bit, until <see cref="Update"/>, whoever else asks at the same time.
    /// </summary>
    /// <param name="count">Number of samples, at least 1.</param>
    /// <param name="seed">Determines the latents, as in <see cref="GanTrainer.Sample(int, long, Tensor?, long?)"/>.</param>
    /// <param name="labels">Int64 tensor of shape [count], or null.</param>
    /// <param name="label">One class for all samples, instead of <paramref name="labels"/>; null for none.</param>
    /// <returns>Tensor of shape [count, …], the caller's to dispose.</returns>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public Tensor Sample(int count, long seed = 0, Tensor? labels = null, long? label = null) => Owned(SampleAsync(count, seed, labels, label));

    /// <summary>G(z) of the weights that it holds, for latents that are given.</summary>
    /// <param name="latents">Float32 tensor of shape [N, size of the prior].</param>
    /// <param name="labels">Int64 tensor of shape [N], or null.</param>
    /// <param name="label">One class for all samples; null for none.</param>
    /// <returns>Tensor of shape [N, …], the caller's to dispose.</returns>
    /// <exception cref="ArgumentException">The latents have the wrong shape or type, or the labels are invalid.</exception>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
    public Tensor Sample(Tensor latents, Tensor? labels = null, long? label = null) => Owned(Run(SampleRequest.Of(latents, seed: 0, labels, label), default));

    private static Tensor Owned(Task<Tensor> sampling)
    {
        var samples = sampling.GetAwaiter().GetResult();
        // As any other operator's result, it belongs to the caller's scope where there is one.
        using var scope = NewDisposeScope();
        scope.Attach(samples);
        return samples.MoveToOuterDisposeScope();
    }

    /// <summary><see cref="Sample(int, long, Tensor?, long?)"/> without a thread that waits. The result belongs to no dispose scope; labels must live until it is there.</summary>
    /// <param name="count">Number of samples, at least 1.</param>
    /// <param name="seed">Determines the latents.</param>
    /// <param name="labels">Int64 tensor of shape [count], or null.</param>
    /// <param name="label">One class for all samples, instead of <paramref name="labels"/>; null for none.</param>
    /// <param name="cancellationToken">Gives the request up where it hasn't begun.</param>
    /// <exception cref="ObjectDisposedException">It is disposed.</exception>
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

    /// <summary>Answers what was asked for before, and releases the copy.</summary>
    public void Dispose()
    {
        thread.Dispose();
        copy.Dispose();
    }
}
