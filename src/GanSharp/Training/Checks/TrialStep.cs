using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Objectives;
using GanSharp.Penalties;
using GanSharp.Randomness;
using GanSharp.Runtime;
using GanSharp.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Training.Checks;

/// <summary>
/// A step without an optimizer, in training mode, on a few samples: checks whether gradients reach the networks, and whether batch norm and the penalties
/// work. Each backward pass uses torch's <c>backward</c>, whose errors are caught, before any <c>autograd.grad</c> of a penalty, whose failure would end the process.
/// </summary>
internal static class TrialStep
{
    // At least two, so that a broadcast to [N, N] is noticed.
    private const int Logits = 4;

    /// <returns>The names of the terms of D's loss and of G's.</returns>
    public static (IReadOnlyList<string> Discriminator, IReadOnlyList<string> Generator) ThrowIfUnusable(GeneratorNetwork generator, DiscriminatorNetwork discriminator, TrialBatch batch, TrialSettings settings)
    {
        using var enabled = enable_grad();
        using var scope = NewDisposeScope();
        using var generatorBefore = new NetworkSnapshot(generator);
        using var discriminatorBefore = new NetworkSnapshot(discriminator);
        using var state = OwnState.Of(generator, discriminator, settings.Objective, settings.Augmentation, settings.Labels);
        using var generatorNorms = TrialRun.RefusingLoneValues(generator, $"{settings.BatchSizeName} {settings.BatchSize}");
        using var discriminatorNorms = TrialRun.RefusingLoneValues(discriminator, $"{settings.BatchSizeName} {settings.BatchSize}");
        try
        {
            generator.train();
            discriminator.train();
            // With a batch size of one, use one, so that batch norm's problem with it is noticed.
            var trial = batch.Take(Math.Min(batch.Count, Math.Min(settings.BatchSize, Logits * discriminator.SamplesPerLogit)));
            var labels = LabelsCheck.Sample(settings.Labels, generator, discriminator, trial, settings.Seed);
            if (settings.GeneratorPenalties.Any(penalty => penalty.NeedsLatentGradient))
                trial.Latents.requires_grad_(true);
            var fake = Generate(generator, trial, labels);
            var pass = new WatchedPass(generator, discriminator, trial, fake.detach(), labels, settings);
            ThrowIfGradientsAreMissing(generator, discriminator, pass);
            PenaltyCheck.ThrowIfUnusable(settings.DiscriminatorPenalties, pass, NetworkCheck.Trains(discriminator));
            return Terms(generator, discriminator, trial, pass.Pass, fake, labels, settings);
        }
        finally
        {
            ClearGradients(generator);
            ClearGradients(discriminator);
            generatorBefore.Restore();
            discriminatorBefore.Restore();
        }
    }

    private static (IReadOnlyList<string> Discriminator, IReadOnlyList<string> Generator) Terms(
        GeneratorNetwork generator, DiscriminatorNetwork discriminator, TrialBatch trial, DiscriminatorPass pass, Tensor fake, Tensor? labels, TrialSettings settings)
    {
        var objective = settings.Objective;
        var name = objective.GetType().Name;
        int[] counts = [trial.Count, (int)pass.Real.Logits.size(0)];
        ObjectiveContext Context(DiscriminatorOutput? real, DiscriminatorOutput generated) =>
            new(real, generated, () => SeededRandom.Create(settings.Seed, "trial of an objective", device: generator.Device())) { RealLabels = trial.Labels, FakeLabels = labels, Latents = trial.Latents };
        using var ofD = Context(pass.Real.Output, pass.Fake.Output);
        var ofDiscriminator = TermsCheck.Names(
            $"{name}.{nameof(objective.DiscriminatorLoss)}", () => objective.DiscriminatorLoss(ofD), counts, NetworkCheck.Trains(discriminator) ? "D" : null);
        var output = TrialRun.Of(discriminator, AugmentationCheck.Apply(settings, fake), labels);
        var real = objective.GeneratorNeedsReal ? pass.Real.Output.Detach() : null;
        using var ofG = Context(real, output);
        var ofGenerator = TermsCheck.Names(
            $"{name}.{nameof(objective.GeneratorLoss)}", () => objective.GeneratorLoss(ofG), counts, NetworkCheck.Trains(generator) ? "G" : null);
        using var generated = new GeneratorPass(
            generator, trial.Latents, fake, output, labels, step: 0, () => SeededRandom.Create(settings.Seed, "trial of penalties", device: generator.Device()));
        PenaltyCheck.ThrowIfUnusable(settings.GeneratorPenalties, generated, NetworkCheck.Trains(generator));
        return (ofDiscriminator, ofGenerator);
    }

    internal static void ClearGradients(Module network)
    {
        foreach (var parameter in network.parameters())
            parameter.grad = null;
    }

    /// <summary>Runs a backward pass; if it fails, the error says what can't be differentiated.</summary>
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

    private static Tensor Generate(GeneratorNetwork generator, TrialBatch trial, Tensor? labels)
    {
        var fake = TrialRun.Of(generator, trial.Latents, labels);
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
