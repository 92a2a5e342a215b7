using GanSharp.Networks.Normalization;
using GanSharp.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Training.Checks;

/// <summary>
/// What a network says when every parameter is lent its values times a factor. With a large one of either sign a linear end leaves any interval, however small the
/// outputs were and whatever norms stand before it; a sigmoid stays inside [0, 1] and a tanh inside [−1, 1]. With 0 a linear end says 0, and a sigmoid 0.5. A layer that normalizes its weight
/// undoes the factor, so its output is multiplied in place of its weight.
/// </summary>
/// <remarks>The weights themselves are never written: the parameters point to scaled copies for the time of the run, and back to their own memory afterwards.</remarks>
internal static class ScaledNetwork
{
    /// <summary>A large factor.</summary>
    public const double Large = 100;

    /// <returns>The outputs for each factor; none where this libtorch can't lend values (<see cref="TensorData.Refusal"/>).</returns>
    public static Tensor[] Outputs(Module network, Func<Tensor> run, params double[] factors)
    {
        if (TensorData.Refusal is not null)
            return [];
        using var frozen = no_grad();
        var parameters = network.parameters().DistinctBy(parameter => parameter.Handle).Select(parameter => (Tensor)parameter).ToArray();
        var own = parameters.Select(parameter => parameter.detach()).ToArray();
        try
        {
            return [.. factors.Select(factor =>
            {
                foreach (var (parameter, value) in parameters.Zip(own))
                    TensorData.Replace(parameter, value * factor);
                var hooks = network.modules().Where(module => module is INormalizedLayer).OfType<Module<Tensor, Tensor>>()
                    .Select(layer => layer.register_forward_hook((_, _, output) => output * factor)).ToArray();
                try
                {
                    return run();
                }
                finally
                {
                    foreach (var hook in hooks)
                        hook.remove();
                }
            })];
        }
        finally
        {
            foreach (var (parameter, value) in parameters.Zip(own))
                TensorData.Replace(parameter, value);
        }
    }
}
