using GanSharp.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Benchmarks.Published;

/// <summary>Small residual networks without normalization for <see cref="StackedDigits"/>, as in R3GAN's ablation: two blocks at 8 × 8 and two at 4 × 4, leaky ReLU.</summary>
internal static class PlainResidual
{
    private const int LatentSize = 64, Side = 8, Half = Side / 2;
    private const double Slope = 0.2;

    public sealed class Generator : GeneratorNetwork
    {
        private readonly int width;
        private readonly Linear first;
        private readonly Sequential low, high;
        private readonly Conv2d last;

        public Generator(int width)
            : base(nameof(Generator), LatentPrior.Normal(LatentSize))
        {
            this.width = width;
            first = Linear(LatentSize, width * Half * Half);
            low = Sequential(new Block(width), new Block(width));
            high = Sequential(new Block(width), new Block(width));
            last = Conv2d(width, StackedDigits.Channels, 3, padding: 1);
            RegisterComponents();
        }

        public override Tensor forward(Tensor latents, Tensor? labels)
        {
            var features = low.call(first.call(latents).view(-1, width, Half, Half)).repeat_interleave(2, 2).repeat_interleave(2, 3);
            return last.call(functional.leaky_relu(high.call(features), Slope)).tanh().flatten(1);
        }

        public override GeneratorNetwork CloneArchitecture() => new Generator(width);
    }

    public sealed class Discriminator : DiscriminatorNetwork
    {
        private readonly Conv2d first;
        private readonly Sequential low, high;
        private readonly Linear last;

        public Discriminator(int width)
            : base(nameof(Discriminator))
        {
            first = Conv2d(StackedDigits.Channels, width, 3, padding: 1);
            high = Sequential(new Block(width), new Block(width));
            low = Sequential(new Block(width), new Block(width));
            last = Linear(width * Half * Half, 1);
            RegisterComponents();
        }

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels)
        {
            var features = functional.avg_pool2d(high.call(first.call(samples.view(-1, StackedDigits.Channels, Side, Side))), 2);
            return last.call(functional.leaky_relu(low.call(features), Slope).flatten(1)).squeeze(1);
        }
    }

    /// <summary>x + conv(lrelu(conv(lrelu(x)))), whose second convolution begins at a tenth, so that features don't grow from block to block.</summary>
    private sealed class Block : Module<Tensor, Tensor>
    {
        private const double Start = 0.1;
        private readonly Conv2d first, second;

        public Block(int width)
            : base(nameof(Block))
        {
            first = Conv2d(width, width, 3, padding: 1);
            second = Conv2d(width, width, 3, padding: 1);
            using (no_grad())
                second.weight!.mul_(Start);
            RegisterComponents();
        }

        public override Tensor forward(Tensor features) => features + second.call(functional.leaky_relu(first.call(functional.leaky_relu(features, Slope)), Slope));
    }
}
