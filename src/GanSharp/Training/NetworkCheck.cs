using GanSharp.Data;
using GanSharp.Networks;
using GanSharp.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Training;

/// <summary>
/// Runs a small batch through both networks before anything is trained, so that a mistake in a subclass is named at once
/// and not as an error of some operator deep in the first step.
/// </summary>
internal static class NetworkCheck
{
    private const int ProbeSamples = 16;
    private const double LargestWeight = 1e6;

    public static void ThrowIfUnusable(GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data, TrainingOptions options)
    {
        RegistrationCheck.ThrowIfUnregistered(generator);
        RegistrationCheck.ThrowIfUnregistered(discriminator);
        var (generatorName, discriminatorName) = (generator.GetType().Name, discriminator.GetType().Name);
        var (generatorTrains, discriminatorTrains) = (Trains(generator), Trains(discriminator));
        if (!generatorTrains && !discriminatorTrains)
            throw new NetworkException($"Nothing to train: every parameter of {generatorName} and of {discriminatorName} is frozen, or they have none.");
        if (generator.Device().ToString() != discriminator.Device().ToString())
            throw new NetworkException($"{generatorName} is on {generator.Device()} but {discriminatorName} is on {discriminator.Device()}; move both to one device before making the trainer.");
        if (options.BatchSize % discriminator.SamplesPerLogit != 0)
            throw new NetworkException($"{discriminatorName} judges {discriminator.SamplesPerLogit} samples a logit, so BatchSize must be a multiple of that but is {options.BatchSize}.");

        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        ThrowIfUninitialized(generator);
        ThrowIfUninitialized(discriminator);
        var packing = discriminator.SamplesPerLogit;
        var (latents, samples, labels) = Probe(generator, discriminator, data, options);
        var count = (int)latents.shape[0];
        var fake = Run(generator, latents, labels, "latents");
        if (!fake.shape.SequenceEqual(samples.shape))
            throw new NetworkException($"{generatorName}.forward must return samples of shape {Shape.Format(samples.shape)}, like '{data.Name}', for {count} latents but returned {Shape.Format(fake.shape)}.");
        if (!fake.is_floating_point())
            throw new NetworkException($"{generatorName}.forward must return floating-point samples but returned {fake.dtype}.");

        var logits = Run(discriminator, samples, labels, "samples");
        if (logits.dim() != 1 || logits.shape[0] != count / packing)
            throw new NetworkException($"{discriminatorName}.forward must return logits of shape {Shape.Format([count / packing])} for {count} samples but returned {Shape.Format(logits.shape)}."
                + (logits.dim() == 2 && logits.shape[1] == 1 ? " End it with squeeze(1)." : ""));
        ThrowIfProbability(discriminator, [logits, Run(discriminator, fake, labels, "samples"), .. ScaledOutputs(discriminator, samples, labels)]);
    }

    /// <summary>Runs both networks as they compute in mixed precision, where a constant of another type is refused by some operator.</summary>
    public static void ThrowIfUnusableInLowPrecision(GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data, TrainingOptions options)
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var (latents, samples, labels) = Probe(generator, discriminator, data, options);
        try
        {
            Run(generator, latents, labels, "latents");
            Run(discriminator, samples, labels, "samples");
        }
        catch (NetworkException exception)
        {
            throw new NetworkException($"Precision is {options.Precision}, and {exception.Message} A constant in a matrix product must have the type of what it meets (ones_like(x), value.to(x.dtype)), and recurrent layers can't compute in it. Otherwise train in Precision.Float32.", exception);
        }
    }

    private static (Tensor Latents, Tensor Samples, Tensor? Labels) Probe(GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data, TrainingOptions options)
    {
        var packing = discriminator.SamplesPerLogit;
        var count = Math.Max(packing, (int)Math.Min(ProbeSamples, data.Count ?? ProbeSamples) / packing * packing);
        var real = data.Draw(options.Seed, 0, count);
        using var random = SeededRandom.Create(options.Seed, "network check", device: generator.Device());
        var latents = generator.Prior.Sample(count, random, generator.Device());
        return (latents, real.Samples.to(discriminator.Device()), real.Labels?.to(discriminator.Device()));
    }

    /// <summary>TorchSharp 0.107.0 makes GroupNorm's parameters of memory as it finds it; anyone's own <c>empty()</c> does the same.</summary>
    private static void ThrowIfUninitialized(Module network)
    {
        foreach (var (name, parameter) in network.named_parameters())
            if (parameter.is_floating_point() && parameter.numel() > 0 && parameter.abs().max().to(ScalarType.Float64).item<double>() is var largest && !(largest < LargestWeight))
                throw new NetworkException(FormattableString.Invariant($"Parameter '{name}' of {network.GetType().Name} must start with weights below {LargestWeight:g} but holds {largest:g4}, as memory that nobody set. Initialise it: init.ones_ and init.zeros_ for the weight and bias of a norm (TorchSharp's GroupNorm doesn't do so)."));
    }

    private static bool Trains(Module network) => network.parameters().Any(parameter => parameter.requires_grad);

    private static Tensor Run(Module<Tensor, Tensor?, Tensor> network, Tensor input, Tensor? labels, string inputName)
    {
        try
        {
            return network.Evaluating(() => network.call(input, labels));
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            throw new NetworkException($"{network.GetType().Name}.forward failed on {inputName} of shape {Shape.Format(input.shape)}: {exception.Message.Split('\n')[0]}", exception);
        }
    }

    /// <summary>
    /// What D says when every parameter is multiplied by a large factor of either sign, after which they are what they were.
    /// The linear end of a logit then leaves [0, 1], however small the logits were and whatever norms stand before it; a sigmoid stays inside.
    /// </summary>
    private static Tensor[] ScaledOutputs(DiscriminatorNetwork discriminator, Tensor samples, Tensor? labels)
    {
        const double Factor = 100;
        var parameters = discriminator.parameters().ToArray();
        var values = parameters.Select(parameter => parameter.detach().clone()).ToArray();
        try
        {
            return [.. new[] { Factor, -Factor }.Select(factor =>
            {
                foreach (var (parameter, value) in parameters.Zip(values))
                    parameter.copy_(value * factor);
                return Run(discriminator, samples, labels, "samples");
            })];
        }
        finally
        {
            foreach (var (parameter, value) in parameters.Zip(values))
                parameter.copy_(value);
        }
    }

    private static void ThrowIfProbability(DiscriminatorNetwork discriminator, Tensor[] outputs)
    {
        var all = cat(outputs);
        var looksLikeProbability = all.ge(0).logical_and(all.le(1)).all().item<bool>() && all.ne(0).any().item<bool>();
        if (looksLikeProbability)
            throw new NetworkException($"{discriminator.GetType().Name}.forward must return logits, any real number, but every output lies in [0, 1], like a probability. Remove the sigmoid at its end; GanSharp takes it where it is needed, without loss of precision.");
    }
}
