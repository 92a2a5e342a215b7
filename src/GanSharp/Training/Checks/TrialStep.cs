using GanSharp.Networks;
using GanSharp.Runtime;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Training.Checks;

/// <summary>
/// A step without an optimizer, in training mode, on a few samples: whether gradients reach the networks, and whether batch norm and the penalties can
/// work. Each backward pass is torch's guarded one before any <c>autograd.grad</c> of a penalty, which would end the process where that fails.
/// </summary>
internal static class TrialStep
{
    // Two at least, so that a broadcast to [N, N] shows.
    private const int Logits = 4;

    public static void ThrowIfUnusable(GeneratorNetwork generator, DiscriminatorNetwork discriminator, TrialBatch batch, TrialSettings settings)
    {
        using var enabled = enable_grad();
        using var scope = NewDisposeScope();
        using var generatorBefore = new NetworkSnapshot(generator);
        using var discriminatorBefore = new NetworkSnapshot(discriminator);
        using var state = OwnState.Of(generator, discriminator);
        using var generatorNorms = TrialRun.RefusingLoneValues(generator, settings.BatchSize);
        using var discriminatorNorms = TrialRun.RefusingLoneValues(discriminator, settings.BatchSize);
        try
        {
            generator.train();
            discriminator.train();
            // With a batch of one, one: what batch norm makes of it has to show.
            var trial = batch.Take(Math.Min(batch.Count, Math.Min(settings.BatchSize, Logits * discriminator.SamplesPerLogit)));
            var fake = Generate(generator, trial);
            var pass = new WatchedPass(discriminator, trial, fake.detach());
            ThrowIfGradientsAreMissing(generator, discriminator, pass);
            PenaltyCheck.ThrowIfUnusable(settings.Penalties, pass, NetworkCheck.Trains(discriminator));
        }
        finally
        {
            ClearGradients(generator);
            ClearGradients(discriminator);
            generatorBefore.Restore();
            discriminatorBefore.Restore();
        }
    }

    internal static void ClearGradients(Module network)
    {
        foreach (var parameter in network.parameters())
            parameter.grad = null;
    }

    /// <summary>Runs a backward pass and says, where it fails, who can't be differentiated.</summary>
    internal static void Backward(Module network, Tensor values)
    {
        try
        {
            values.sum().backward(retain_graph: true);
        }
        catch (Exception exception) when (!OutOfMemory.Explains(exception))
        {
            throw new NetworkException($"{network.GetType().Name}.forward can't be differentiated: {FirstLine.Of(exception)}. Replace the operator that has no derivative, or that changes a tensor in place.", exception);
        }
    }

    private static Tensor Generate(GeneratorNetwork generator, TrialBatch trial)
    {
        var fake = TrialRun.Of(generator, trial.Latents, trial.Labels, "latents");
        if (!NetworkCheck.Trains(generator))
            return fake;
        if (!fake.requires_grad)
            throw new NetworkException($"{generator.GetType().Name}.forward must be differentiable in its parameters, but its samples carry no gradient: they are cut off by detach, no_grad, a rounding or a value that was read out.");
        Backward(generator, fake);
        if (!HasGradient(generator))
            throw new NetworkException($"{generator.GetType().Name}.forward doesn't use any parameter that can be trained, so it would learn nothing. Are the layers that it calls those that are registered?");
        return fake;
    }

    private static void ThrowIfGradientsAreMissing(GeneratorNetwork generator, DiscriminatorNetwork discriminator, WatchedPass pass)
    {
        var name = discriminator.GetType().Name;
        var logits = pass.Pass.Real.Logits + pass.Pass.Fake.Logits;
        if (!logits.requires_grad)
            throw new NetworkException($"{name}.forward must be differentiable, but its logits carry no gradient: they are cut off by detach, no_grad, a rounding or a value that was read out.");
        Backward(discriminator, logits);
        if (NetworkCheck.Trains(discriminator) && !HasGradient(discriminator))
            throw new NetworkException($"{name}.forward doesn't use any parameter that can be trained, so it would learn nothing. Are the layers that it calls those that are registered, and is no part of it under detach or no_grad?");
        if (NetworkCheck.Trains(generator) && !IsGradient(pass.Pass.Fake.Samples.grad))
            throw new NetworkException($"{name}.forward must be differentiable in its samples, but no gradient reaches them, so {generator.GetType().Name} would learn nothing: they are cut off by detach, no_grad, a rounding or a value that was read out.");
    }

    private static bool HasGradient(Module network) => network.parameters().Any(parameter => parameter.requires_grad && IsGradient(parameter.grad));

    private static bool IsGradient(Tensor? gradient) => gradient is { IsInvalid: false };
}
