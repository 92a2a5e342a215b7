using GanSharp.Runtime;
using GanSharp.Tensors;
using TorchSharp.Modules;
using static TorchSharp.torch;
using Module = TorchSharp.torch.nn.Module;

namespace GanSharp.Networks;

/// <summary>Runs a network on a trial batch; if it fails, the error says which network failed on what, and what to do.</summary>
internal static class TrialRun
{
    /// <summary>In the current mode.</summary>
    /// <exception cref="NetworkException">The network failed; the inner exception is what it threw.</exception>
    public static Tensor Of(GeneratorNetwork generator, Tensor latents, Tensor? labels) => Of(generator, generator.call, latents, labels, "latents", output => output);

    /// <inheritdoc cref="Of(GeneratorNetwork, Tensor, Tensor?)"/>
    public static DiscriminatorOutput Of(DiscriminatorNetwork discriminator, Tensor samples, Tensor? labels) =>
        Of(discriminator, discriminator.call, samples, labels, "samples", output => output?.Logits);

    /// <summary>In evaluation mode; afterwards the modes are restored.</summary>
    /// <inheritdoc cref="Of(GeneratorNetwork, Tensor, Tensor?)"/>
    public static Tensor Evaluating(GeneratorNetwork generator, Tensor latents, Tensor? labels) => generator.Evaluating(() => Of(generator, latents, labels));

    /// <inheritdoc cref="Evaluating(GeneratorNetwork, Tensor, Tensor?)"/>
    public static DiscriminatorOutput Evaluating(DiscriminatorNetwork discriminator, Tensor samples, Tensor? labels) =>
        discriminator.Evaluating(() => Of(discriminator, samples, labels));

    /// <summary>
    /// Refuses batch norm where a step gives it one value per channel: libtorch's check for this isn't reached from TorchSharp, so the output would be constant and
    /// the running variance NaN. Active until the result is disposed.
    /// </summary>
    public static IDisposable RefusingLoneValues(Module network, string batchSize) => new LoneValues(network, batchSize);

    private static T Of<T>(Module network, Func<Tensor, Tensor?, T> call, Tensor input, Tensor? labels, string inputName, Func<T, Tensor?> main)
    {
        T output;
        try
        {
            output = call(input, labels);
        }
        catch (Exception exception) when (exception is not NetworkException && !OutOfMemory.Explains(exception))
        {
            throw new NetworkException($"{network.GetType().Name}.forward failed on {inputName} of shape {Shape.Format(input.shape)}{(labels is null ? "" : $" and labels of shape {Shape.Format(labels.shape)}")}: {FirstLine.Of(exception)}.{Remedy(exception, labels)}", exception);
        }
        if (main(output) is not { IsInvalid: false } tensor)
            throw new NetworkException($"{network.GetType().Name}.forward must return a tensor but returned {(main(output) is null ? "null" : "one that has been disposed: call MoveToOuterDisposeScope() on what leaves a DisposeScope")}.");
        return output;
    }

    /// <summary>Advice for the most common errors, or an empty text.</summary>
    private static string Remedy(Exception exception, Tensor? labels)
    {
        var message = exception.Message;
        bool Says(string sign) => message.Contains(sign, StringComparison.OrdinalIgnoreCase);
        return labels is null && exception is (NullReferenceException or ArgumentNullException) ? " The data has no labels; a conditional network needs data with labels."
            : labels is not null && (Says("index out of range") || Says("Class values must be smaller")) ? FormattableString.Invariant($" The labels lie from {labels.min().item<long>()} to {labels.max().item<long>()}; the layer must have more classes than the highest.")
            : Says("cannot be multiplied") ? " The first size must be that of what the layer is given: samples of shape [N, …] need flatten(1) before a linear layer, and its inputSize must be the product of a sample's sizes."
            : Says("same dtype") || Says("should be the same") || Says("expected scalar type") ? " GanSharp trains float32: make constants with the input's type (ones_like(x), value.to(x.dtype))."
            : Says("on the same device") ? " Make constants on the input's device, or register them as buffers, which move with the network."
            : Says("empty handle") ? " A tensor in it has been disposed: detach constants from the DisposeScope in which they are made, or register them as buffers."
            : "";
    }

    private sealed class LoneValues : IDisposable
    {
        private readonly Action[] removeHooks;

        public LoneValues(Module network, string batchSize) => removeHooks = [.. network.modules().OfType<BatchNorm>().Select(norm =>
            (Action)norm.register_forward_pre_hook((module, input) =>
            {
                if (module.training && input.dim() > 1 && input.numel() == input.size(1))
                    throw new NetworkException($"{network.GetType().Name} has a {norm.GetType().Name}, which can't normalize a single value per channel, but with {batchSize} it is given {Shape.Format(input.shape)}: its output would be constant and its running variance NaN. Use a larger BatchSize, or GroupNorm or LayerNorm.");
                return null!;
            }).remove)];

        public void Dispose()
        {
            foreach (var remove in removeHooks)
                remove();
        }
    }
}
