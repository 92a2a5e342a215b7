using GanSharp.Networks;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanProject;

/// <summary>Makes color images out of random numbers: a 4 × 4 map of features, doubled until the image has its size.</summary>
internal sealed class Generator : GeneratorNetwork
{
    private readonly int size, width;
    private readonly Module<Tensor, Tensor> project, body;

    public Generator(int size, int width = 32, int latentSize = 64)
        : base(nameof(Generator), LatentPrior.Normal(latentSize))
    {
        (this.size, this.width) = (size, width);
        var channels = width * (size / 8);
        project = Linear(latentSize, channels * 4 * 4);
        var layers = new List<(string, Module<Tensor, Tensor>)> { ("norm4", BatchNorm2d(channels)), ("relu4", ReLU()) };
        for (var side = 8; side < size; side *= 2)
        {
            layers.Add(($"up{side}", ConvTranspose2d(channels, channels / 2, 4, stride: 2, padding: 1, bias: false)));
            channels /= 2;
            layers.Add(($"norm{side}", BatchNorm2d(channels)));
            layers.Add(($"relu{side}", ReLU()));
        }
        layers.Add(("image", ConvTranspose2d(channels, 3, 4, stride: 2, padding: 1)));
        layers.Add(("tanh", Tanh()));                          // images have values in [-1, 1]
        body = Sequential(layers);
        RegisterComponents();                                  // always the constructor's last line
    }

    public override Tensor forward(Tensor latents, Tensor? labels) =>
        body.call(project.call(latents).view(latents.shape[0], -1, 4, 4));

    // Samples are drawn from a copy, so that drawing doesn't disturb the training.
    public override GeneratorNetwork CloneArchitecture() => new Generator(size, width, Prior.Size);
}
