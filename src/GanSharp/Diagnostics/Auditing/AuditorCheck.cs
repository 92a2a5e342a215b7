using GanSharp.Estimates;
using GanSharp.Networks;
using GanSharp.Randomness;
using GanSharp.Runtime;
using GanSharp.Tensors;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Auditing;

/// <summary>Creates an auditor and lets it judge a few samples, so that a mistake in its factory is found before a run instead of at its first audit.</summary>
internal static class AuditorCheck
{
    /// <param name="makeAuditor">Creates a new network each time.</param>
    /// <param name="others">Networks that the factory must not return.</param>
    /// <param name="samples">Samples for the auditor to judge, shape [N, …], on the device of the run.</param>
    /// <param name="labels">Shape [N], or null.</param>
    /// <param name="seed">Seed of the weights that are drawn here and discarded.</param>
    /// <exception cref="ArgumentException">The factory fails or doesn't return a new network.</exception>
    /// <exception cref="NetworkException">The network can't judge the samples.</exception>
    /// <exception cref="DiagnosticRefusedException">It judges samples in groups.</exception>
    public static void ThrowIfUnusable(Func<DiscriminatorNetwork> makeAuditor, nn.Module[] others, Tensor samples, Tensor? labels, long seed)
    {
        using var fork = GlobalRandom.Fork(seed, "auditor check");
        using var scope = NewDisposeScope();
        var first = Make(makeAuditor, others);
        // If the factory returns the same network twice, it is refused before being disposed, because it belongs to the caller.
        var second = Make(makeAuditor, [.. others, first]);
        using (first)
        using (second)
        {
            ThrowIfUntrainable(first);
            first.to(samples.device);
            ThrowIfUnfit(first, samples, labels);
        }
    }

    /// <summary>Throws where an auditor can't judge the samples.</summary>
    /// <exception cref="NetworkException">The message names its class and what is wrong.</exception>
    public static void ThrowIfUnfit(DiscriminatorNetwork auditor, Tensor samples, Tensor? labels)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var logits = TrialRun.Evaluating(auditor, samples, labels).Logits;
        if (logits.dim() != 1 || logits.size(0) != samples.size(0))
            throw new NetworkException($"{auditor.GetType().Name}.forward must return logits of shape [{samples.size(0)}] for {samples.size(0)} samples but returned {Shape.Format(logits.shape)}.");
    }

    /// <summary>Creates one auditor.</summary>
    /// <exception cref="ArgumentException">The factory fails, or returns null or a network that was already used or trained.</exception>
    public static DiscriminatorNetwork Make(Func<DiscriminatorNetwork> makeAuditor, params nn.Module[] others)
    {
        DiscriminatorNetwork auditor;
        try
        {
            auditor = makeAuditor();
        }
        catch (Exception exception) when (!OutOfMemory.Explains(exception))
        {
            throw new ArgumentException($"makeAuditor must return a new network but failed: {FirstLine.Of(exception)}.", nameof(makeAuditor), exception);
        }
        if (auditor is null)
            throw new ArgumentException("makeAuditor must return a new network but returned null.", nameof(makeAuditor));
        if (others.Contains(auditor))
            throw new ArgumentException($"makeAuditor must return a new network each time, but it returned a {auditor.GetType().Name} that is in use. Make it inside: () => new {auditor.GetType().Name}(…).", nameof(makeAuditor));
        Disposal.ThrowIfPartlyDisposed(auditor);
        if (auditor.parameters().Any(parameter => parameter.grad is { IsInvalid: false }))
            throw new ArgumentException($"makeAuditor must return a new network each time, but the {auditor.GetType().Name} that it returned has been trained.", nameof(makeAuditor));
        return auditor;
    }

    /// <summary>Throws where a network can't be an auditor; the caller disposes it.</summary>
    public static void ThrowIfUntrainable(DiscriminatorNetwork auditor)
    {
        if (!auditor.parameters().Any(parameter => parameter.requires_grad))
            throw new ArgumentException($"makeAuditor must return a network to train, but every parameter of the {auditor.GetType().Name} is frozen, or it has none.");
        TypeCheck.ThrowIfNotFloat32(auditor);
        if (auditor.SamplesPerLogit != 1)
            throw new DiagnosticRefusedException(
                $"{auditor.GetType().Name} judges {auditor.SamplesPerLogit} samples per logit, which bounds the divergence of such groups and not that of samples. Audit with a network that judges one.");
    }
}
