using GanSharp.Networks.Normalization;
using GanSharp.Networks.Resampling;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Residual;

/// <summary>Layers with the initial weights of SNGAN's networks: uniform by Glorot and Bengio (2010), biases 0.</summary>
internal static class GlorotLayers
{
    /// <summary>The gain of the convolutions on a residual path.</summary>
    public static readonly double ResidualGain = Math.Sqrt(2);

    /// <summary>A convolution of an odd kernel that keeps the sides.</summary>
    public static Module<Tensor, Tensor> Convolution(int inputChannels, int outputChannels, int kernel, bool spectralNorm, double gain = 1, bool hasBias = true)
    {
        var layer = Conv2d(inputChannels, outputChannels, kernel, padding: kernel / 2, bias: hasBias);
        Start(layer.weight, layer.bias, gain);
        return spectralNorm ? new SpectralNorm(layer) : layer;
    }

    /// <summary>A convolution that halves or doubles the sides.</summary>
    public static Module<Tensor, Tensor> Resampled(ResampledConvolution layer, bool spectralNorm, double gain = 1)
    {
        Start(layer.Weight, layer.Bias, gain);
        return spectralNorm ? new SpectralNorm(layer.TakeOver()) : layer;
    }

    /// <summary>A fully connected layer.</summary>
    public static Module<Tensor, Tensor> FullyConnected(long inputSize, long outputSize, bool spectralNorm)
    {
        var layer = Linear(inputSize, outputSize);
        Start(layer.weight!, layer.bias, 1);
        return spectralNorm ? new SpectralNorm(layer) : layer;
    }

    /// <summary>A vector for each class.</summary>
    public static Module<Tensor, Tensor> Table(int classes, int size, bool spectralNorm)
    {
        var layer = Embedding(classes, size);
        Start(layer.weight!, null, 1);
        return spectralNorm ? new SpectralNorm(layer) : layer;
    }

    private static void Start(Tensor weight, Tensor? bias, double gain)
    {
        using var frozen = no_grad();
        init.xavier_uniform_(weight, gain);
        if (bias is not null)
            init.zeros_(bias);
    }
}
