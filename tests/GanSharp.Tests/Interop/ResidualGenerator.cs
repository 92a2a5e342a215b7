using GanSharp.Networks;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Interop;

/// <summary>
/// A small conditional residual generator, as a user of the library would write it. tests/peers/interop_check.py has it in PyTorch, layer by layer
/// under the same names.
/// </summary>
internal sealed class ResidualGenerator : GeneratorNetwork
{
    private const int SmallestSide = 4;
    private readonly Module<Tensor, Tensor> table, project, blocks, norm, output;
    private readonly int width;

    public ResidualGenerator(int latentSize, int width, int classes, int channels)
        : base(nameof(ResidualGenerator), LatentPrior.Normal(latentSize))
    {
        this.width = width;
        table = Embedding(classes, latentSize);
        project = Linear(latentSize, width * SmallestSide * SmallestSide);
        blocks = Sequential(new ResidualBlock(width, width), new ResidualBlock(width, 2 * width));
        norm = BatchNorm2d(2 * width);
        output = Conv2d(2 * width, channels, 3, padding: 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor latents, Tensor? labels)
    {
        var conditioned = latents + table.call(labels!);
        var features = blocks.call(project.call(conditioned).view(-1, width, SmallestSide, SmallestSide));
        return output.call(norm.call(features).relu()).tanh();
    }

    /// <summary>Doubles the sides: two convolutions beside a 1 × 1 shortcut.</summary>
    private sealed class ResidualBlock : Module<Tensor, Tensor>
    {
        private readonly Module<Tensor, Tensor> norm1, conv1, norm2, conv2, shortcut;

        public ResidualBlock(int from, int to)
            : base(nameof(ResidualBlock))
        {
            norm1 = BatchNorm2d(from);
            conv1 = Conv2d(from, to, 3, padding: 1);
            norm2 = GroupNorm(2, to);
            conv2 = Conv2d(to, to, 3, padding: 1);
            shortcut = Conv2d(from, to, 1, bias: false);
            RegisterComponents();
            // TorchSharp leaves a group norm's parameters uninitialized.
            foreach (var (name, parameter) in norm2.named_parameters())
                _ = name == "weight" ? init.ones_(parameter) : init.zeros_(parameter);
        }

        public override Tensor forward(Tensor input)
        {
            static Tensor Doubled(Tensor images) => functional.interpolate(images, scale_factor: [2, 2], mode: InterpolationMode.Nearest);
            var inner = conv1.call(Doubled(norm1.call(input).relu()));
            return shortcut.call(Doubled(input)) + conv2.call(norm2.call(inner).relu());
        }
    }
}
