using GanSharp.Data.Images;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks;

/// <summary>What the DCGAN networks share: how often the image is halved, the width of each stage, and the initial weights.</summary>
internal static class Dcgan
{
    private const int SmallestSide = 4, LargestMultiple = 8;

    /// <summary>Halvings between the image and the smallest feature map: two at least, then while sides stay even and above 4.</summary>
    public static int Stages(ImageShape image)
    {
        var (stages, height, width) = (0, image.Height, image.Width);
        while (height % 2 == 0 && width % 2 == 0 && (stages < 2 || Math.Min(height, width) > SmallestSide))
            (stages, height, width) = (stages + 1, height / 2, width / 2);
        return stages;
    }

    /// <summary>Channels after <paramref name="halvings"/> halvings: doubled with each, up to eight times <paramref name="width"/>.</summary>
    public static int Channels(int width, int halvings) => width * Math.Min(1 << (halvings - 1), LargestMultiple);

    /// <summary>Values of the smallest feature map.</summary>
    public static int SmallestSize(ImageShape image, int width)
    {
        var stages = Stages(image);
        return Channels(width, stages) * (image.Height >> stages) * (image.Width >> stages);
    }

    /// <summary>The convolutions that halve the image, of the discriminator and the encoder.</summary>
    public static List<(string Name, Module<Tensor, Tensor> Layer)> Downsampling(ImageShape image, int width, bool batchNorm)
    {
        var channels = image.Channels;
        var layers = new List<(string, Module<Tensor, Tensor>)>();
        for (var stage = 1; stage <= Stages(image); stage++)
        {
            var next = Channels(width, stage);
            var normalized = batchNorm && stage > 1;
            layers.Add(($"down{stage}", Conv2d(channels, next, 4, stride: 2, padding: 1, bias: !normalized)));
            if (normalized)
                layers.Add(($"norm{stage}", BatchNorm2d(next)));
            layers.Add(($"activation{stage}", LeakyReLU(0.2)));
            channels = next;
        }
        return layers;
    }

    /// <summary>Weights from N(0, 0.02²), batch norm scales from N(1, 0.02²), biases 0 (Radford et al. 2016, section 4).</summary>
    public static void Initialize(Module network)
    {
        using var frozen = no_grad();
        foreach (var (_, module) in network.named_modules())
        {
            switch (module)
            {
                case Conv2d layer: Start(layer.weight, 0, layer.bias); break;
                case ConvTranspose2d layer: Start(layer.weight, 0, layer.bias); break;
                case Linear layer: Start(layer.weight, 0, layer.bias); break;
                case BatchNorm2d layer: Start(layer.weight, 1, layer.bias); break;
            }
        }
    }

    private static void Start(Tensor? weight, double mean, Tensor? bias)
    {
        if (weight is not null)
            init.normal_(weight, mean, 0.02);
        if (bias is not null)
            init.zeros_(bias);
    }
}
