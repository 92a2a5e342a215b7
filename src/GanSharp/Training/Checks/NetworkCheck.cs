using GanSharp.Data;
using GanSharp.Diagnostics.Auditing;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Randomness;
using GanSharp.Runtime;
using GanSharp.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Training.Checks;

/// <summary>
/// Runs a small batch through both networks, the objective and the penalties before training, so that a mistake in a subclass is reported at once
/// instead of as an operator's error deep in the first step. Afterwards everything is restored: weights, buffers, modes, gradients, random streams.
/// </summary>
internal static class NetworkCheck
{
    private const double LargestWeight = 1e6;

    /// <summary>Throws where something can't be trained.</summary>
    /// <exception cref="InsufficientMemoryException">Memory ran out, although the batch is small.</exception>
    public static TrialResult ThrowIfUnusable(GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data, TrialSettings settings)
    {
        ThrowIfUntrainable(generator, discriminator, settings);
        try
        {
            return Try(generator, discriminator, data, settings);
        }
        catch (Exception exception) when (OutOfMemory.Explains(exception))
        {
            throw new InsufficientMemoryException($"Memory ran out in a trial of {generator.GetType().Name} and {discriminator.GetType().Name} on a few samples of '{data.Name}': {FirstLine.Of(exception.GetBaseException())}. Use smaller networks or samples.", exception);
        }
    }

    private static TrialResult Try(GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data, TrialSettings settings)
    {
        using var random = GlobalRandom.Fork(settings.Seed, "network check");
        using var scope = NewDisposeScope();
        if (ObjectiveWrapper.Innermost(settings.Objective) is LogitObjective objective)
            ObjectiveCheck.ThrowIfUnusable(objective, Trains(generator), Trains(discriminator), discriminator.Device());
        var batch = TrialBatch.Draw(generator, discriminator, data, settings.Seed);
        DataCheck.ThrowIfUnfit(generator, discriminator, data, batch, settings);
        var asked = LabelsCheck.Sample(settings.Labels, generator, discriminator, batch, settings.Seed);
        using (no_grad())
        {
            ThrowIfUninitialized(generator);
            ThrowIfUninitialized(discriminator);
            ThrowIfOutputsAreWrong(generator, discriminator, data, batch, asked, settings);
        }
        var warnings = RangeCheck.Warnings(generator, data, batch, asked);
        var (discriminatorTerms, generatorTerms) = TrialStep.ThrowIfUnusable(generator, discriminator, batch, settings);
        if (settings.MakeAuditor is { } makeAuditor)
            AuditorCheck.ThrowIfUnusable(makeAuditor, [generator, discriminator], batch.Samples, batch.Labels, settings.Seed);
        return new TrialResult([.. warnings, .. LipschitzCheck.Warnings(discriminator, settings)], discriminatorTerms, generatorTerms);
    }

    /// <summary>Runs both networks in mixed precision, where some operators refuse constants of another type.</summary>
    public static void ThrowIfUnusableInLowPrecision(GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data, LabelSampler labels, long seed, string precision)
    {
        using var random = GlobalRandom.Fork(seed, "network check");
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var batch = TrialBatch.Draw(generator, discriminator, data, seed);
        try
        {
            TrialRun.Evaluating(generator, batch.Latents, LabelsCheck.Sample(labels, generator, discriminator, batch, seed));
            TrialRun.Evaluating(discriminator, batch.Samples, batch.Labels);
        }
        catch (NetworkException exception)
        {
            throw new NetworkException($"Precision is {precision}, and {exception.Message} A constant in a matrix product must have the type of what it meets (ones_like(x), value.to(x.dtype)), and recurrent layers can't compute in it. Otherwise train in Precision.Float32.", exception);
        }
    }

    /// <summary>Whether the network has trainable parameters.</summary>
    internal static bool Trains(Module network) => network.parameters().Any(parameter => parameter.requires_grad);

    internal static void ThrowIfNoLogits(DiscriminatorNetwork discriminator, Tensor logits, int count)
    {
        var expected = count / discriminator.SamplesPerLogit;
        if (logits.dim() != 1 || logits.shape[0] != expected)
            throw new NetworkException($"{discriminator.GetType().Name}.forward must return logits of shape {Shape.Format([expected])} for {count} samples but returned {Shape.Format(logits.shape)}."
                + (logits.dim() == 2 && logits.shape[1] == 1 ? " End it with squeeze(1)." : ""));
        if (logits.dtype != ScalarType.Float32)
            throw new NetworkException($"{discriminator.GetType().Name}.forward must return float32 logits but returned {logits.dtype}.");
    }

    private static void ThrowIfUntrainable(GeneratorNetwork generator, DiscriminatorNetwork discriminator, TrialSettings settings)
    {
        foreach (var network in new Module[] { generator, discriminator })
        {
            Disposal.ThrowIfPartlyDisposed(network);
            RegistrationCheck.ThrowIfUnregistered(network);
            TypeCheck.ThrowIfNotFloat32(network);
        }
        var (generatorName, discriminatorName) = (generator.GetType().Name, discriminator.GetType().Name);
        if (!Trains(generator) && !Trains(discriminator))
            throw new NetworkException($"Nothing to train: every parameter of {generatorName} and of {discriminatorName} is frozen, or they have none.");
        if (generator.Device().ToString() != discriminator.Device().ToString())
            throw new NetworkException($"{generatorName} is on {generator.Device()} but {discriminatorName} is on {discriminator.Device()}; move both to one device before making the trainer.");
        if (discriminator.SamplesPerLogit < 1)
            throw new NetworkException($"{discriminatorName}.SamplesPerLogit must be at least 1 but is {discriminator.SamplesPerLogit}.");
        if (settings.BatchSize % discriminator.SamplesPerLogit != 0)
            throw new NetworkException($"{discriminatorName} judges {discriminator.SamplesPerLogit} samples per logit, so {settings.BatchSizeName} must be a multiple of that but is {settings.BatchSize}.");
    }

    private static void ThrowIfOutputsAreWrong(GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data, TrialBatch batch, Tensor? asked, TrialSettings settings)
    {
        var (latents, samples, labels) = batch;
        var (generatorName, count) = (generator.GetType().Name, batch.Count);
        var fake = TrialRun.Evaluating(generator, latents, asked);
        if (!fake.shape.SequenceEqual(samples.shape))
            throw new NetworkException($"{generatorName}.forward must return samples of shape {Shape.Format(samples.shape)}, like '{data.Name}', for {count} latents but returned {Shape.Format(fake.shape)}."
                + DataCheck.ChannelsHint(data, fake));
        if (!fake.is_floating_point())
            throw new NetworkException($"{generatorName}.forward must return floating-point samples but returned {fake.dtype}.");
        if (fake.dtype != ScalarType.Float32)
            throw new NetworkException($"{generatorName}.forward must return float32 samples but returned {fake.dtype}. GanSharp trains float32: convert them with to(ScalarType.Float32).");
        var output = TrialRun.Evaluating(discriminator, samples, labels);
        var logits = output.Logits;
        ThrowIfNoLogits(discriminator, logits, count);
        LabelsCheck.ThrowIfBeyondClassLogits(discriminator, output.ClassLogits, data, batch, asked, settings);
        Tensor[] Scaled(params double[] factors) => ScaledNetwork.Outputs(discriminator, () => TrialRun.Evaluating(discriminator, samples, labels).Logits, factors);
        ThrowIfProbability(discriminator, [logits, TrialRun.Evaluating(discriminator, fake, asked).Logits, .. Scaled(ScaledNetwork.Large, -ScaledNetwork.Large)], Scaled(0));
    }

    /// <summary>TorchSharp 0.107.0 creates GroupNorm's parameters from uninitialized memory; a user's <c>empty()</c> does the same.</summary>
    private static void ThrowIfUninitialized(Module network)
    {
        foreach (var (name, parameter) in network.named_parameters())
            if (parameter.is_floating_point() && parameter.numel() > 0 && parameter.abs().max().to(ScalarType.Float64).item<double>() is var largest && !(largest < LargestWeight))
                throw new NetworkException(FormattableString.Invariant($"Parameter '{name}' of {network.GetType().Name} must start with weights below {LargestWeight:g} but holds {largest:g4}, as memory that nobody set. Initialize it: init.ones_ and init.zeros_ for the weight and bias of a norm (TorchSharp's GroupNorm doesn't do so)."));
    }

    private static void ThrowIfProbability(DiscriminatorNetwork discriminator, Tensor[] outputs, Tensor[] withoutWeights)
    {
        var all = cat(outputs);
        bool LiesBetween0And1() => all.ge(0).logical_and(all.le(1)).all().item<bool>();
        // A layer that limits its weights' norm undoes a large factor, so that small positive logits may stay in [0, 1]; without weights they are 0.
        if (LiesBetween0And1() && new[] { all }.Concat(withoutWeights).All(output => output.ne(0).any().item<bool>()))
            throw new NetworkException($"{discriminator.GetType().Name}.forward must return logits, any real number, but every output lies in [0, 1], like a probability. Remove the sigmoid at its end; GanSharp takes it where it is needed, without loss of precision.");
    }
}
