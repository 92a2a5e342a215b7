using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Training.Checks;

/// <summary>
/// A network's output with every parameter multiplied by a large factor of either sign; afterwards the parameters are restored. A linear last layer then leaves
/// any interval, however small the outputs were and whatever norms come before it; a sigmoid stays inside [0, 1] and a tanh inside [−1, 1].
/// </summary>
internal static class ScaledNetwork
{
    private const double Factor = 100;

    public static Tensor[] Outputs(Module network, Func<Tensor> run)
    {
        using var frozen = no_grad();
        var parameters = network.parameters().ToArray();
        var values = parameters.Select(parameter => parameter.detach().clone()).ToArray();
        try
        {
            return [.. new[] { Factor, -Factor }.Select(factor =>
            {
                foreach (var (parameter, value) in parameters.Zip(values))
                    parameter.copy_(value * factor);
                return run();
            })];
        }
        finally
        {
            foreach (var (parameter, value) in parameters.Zip(values))
                parameter.copy_(value);
        }
    }
}
