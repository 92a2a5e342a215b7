using FluentAssertions;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Penalties;
using GanSharp.Penalties.Lipschitz;
using GanSharp.Players;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Objectives;

/// <summary>Twenty steps of WGAN-GP and of AC-GAN in float64 are those of tests/peers/objectives_reference.py, which is written in PyTorch: losses, penalty, and all weights at the end.</summary>
public sealed class PeerTests
{
    private const int Steps = 20, BatchSize = 6, ClassCount = 3, LatentSize = 2;
    private const double Tolerance = 1e-9;

    private static readonly Reference Expected = Fixture.Read<Reference>("Objectives", "objectives.json");

    [Fact]
    public void WGAN_GP_takes_the_steps_of_PyTorch()
    {
        using var random = new Generator(40_001);
        rand(BatchSize, 1, dtype: float64, generator: random).data<double>().ToArray().Should().Equal(Expected.FirstShares);

        Play(classes: 0, discriminatorSteps: 2, (0, 0.9), GanObjective.Wasserstein, [new WassersteinGradientPenalty(10)], Expected.WassersteinGradientPenalty);
    }

    [Fact]
    public void AC_GAN_takes_the_steps_of_PyTorch() =>
        Play(ClassCount, discriminatorSteps: 1, (0.5, 0.999), new AuxiliaryClassifier(GanObjective.NonSaturating), [], Expected.AuxiliaryClassifier);

    private static void Play(int classes, int discriminatorSteps, (double, double) betas, GanObjective objective, DiscriminatorPenalty[] penalties, Run expected)
    {
        using var all = NewDisposeScope();
        using var generator = new PeerGenerator(classes);
        using var discriminator = new PeerDiscriminator();
        Fill(generator, 1);
        Fill(discriminator, 100);
        var options = new AdamOptions { LearningRate = 2e-3, Beta1 = betas.Item1, Beta2 = betas.Item2 };
        using var g = new Player(generator, options);
        using var d = new Player(discriminator, options);
        var (losses, index) = (new List<double[]>(), 0);
        for (var step = 0; step < Steps; step++)
        {
            using var scope = NewDisposeScope();
            var (ofD, latents, asked, fake) = (0.0, zeros(1), zeros(1), zeros(1));
            for (var k = 0; k < discriminatorSteps; k++)
            {
                index++;
                var seed = (ulong)(40_000 + index);
                (latents, asked) = (4 * Numbers(20_000 + index, BatchSize, LatentSize) - 2, Labels(2 * index + 1));
                fake = generator.call(latents, asked);
                JudgedSamples Judge(Tensor samples, Tensor labels) => new(samples, discriminator.call(samples, labels), labels);
                using var pass = new DiscriminatorPass(discriminator, Judge(4 * Numbers(10_000 + index, BatchSize, 2) - 2, Labels(2 * index)), Judge(fake.detach(), asked), step, () => new Generator(seed));
                using var context = new ObjectiveContext(pass.Real.Output, pass.Fake.Output) { RealLabels = pass.Real.Labels, FakeLabels = asked };
                var loss = penalties.Aggregate(objective.DiscriminatorLoss(context).Total(), (sum, penalty) => sum + penalty.Evaluate(pass).mean());
                ofD = loss.item<double>();
                d.Descend(loss);
            }
            using var held = d.Hold();
            using var turn = new ObjectiveContext(null, discriminator.call(fake, asked)) { FakeLabels = asked };
            var ofG = objective.GeneratorLoss(turn).Total();
            g.Descend(ofG);
            losses.Add([ofD, ofG.item<double>()]);
        }

        losses.Should().HaveCount(expected.Losses.Length);
        losses.Zip(expected.Losses, (found, wanted) => Math.Max(Math.Abs(found[0] - wanted[0]), Math.Abs(found[1] - wanted[1]))).Max().Should().BeLessThan(Tolerance);
        Sorted(generator).Concat(Sorted(discriminator)).SelectMany(parameter => parameter.detach().data<double>().ToArray())
            .Zip(expected.Weights.SelectMany(values => values), (found, wanted) => Math.Abs(found - wanted)).Max().Should().BeLessThan(Tolerance);
    }

    private static IEnumerable<Tensor> Sorted(Module module) => module.named_parameters().OrderBy(named => named.name, StringComparer.Ordinal).Select(named => (Tensor)named.parameter);

    private static void Fill(Module module, int seed)
    {
        using var frozen = no_grad();
        foreach (var (index, parameter) in Sorted(module).Index())
            parameter.copy_(2 * Numbers(seed + index, parameter.shape) - 1);
    }

    private static Tensor Numbers(long seed, params long[] shape) =>
        tensor(Fixture.Numbers(seed).Take((int)shape.Aggregate(1L, (product, length) => product * length)).Select(number => number / (double)(1L << 31)).ToArray()).view(shape);

    private static Tensor Labels(int index) => (ClassCount * Numbers(30_000 + index, BatchSize)).to(ScalarType.Int64);

    private sealed record Run(double[][] Losses, double[][] Weights);

    private sealed record Reference(double[] FirstShares, Run WassersteinGradientPenalty, Run AuxiliaryClassifier);

    private sealed class PeerGenerator : GeneratorNetwork
    {
        private readonly Module<Tensor, Tensor> body;
        private readonly int classes;

        public PeerGenerator(int classes)
            : base(nameof(PeerGenerator), LatentPrior.Normal(LatentSize))
        {
            this.classes = classes;
            body = Sequential(Linear(LatentSize + classes, 8, dtype: ScalarType.Float64), Tanh(), Linear(8, 2, dtype: ScalarType.Float64));
            RegisterComponents();
        }

        public override Tensor forward(Tensor latents, Tensor? labels) =>
            body.call(classes == 0 ? latents : cat([latents, functional.one_hot(labels!, classes).to(latents.dtype)], 1));
    }

    private sealed class PeerDiscriminator : DiscriminatorNetwork
    {
        private readonly Module<Tensor, Tensor> body, judge, classifier;

        public PeerDiscriminator()
            : base(nameof(PeerDiscriminator))
        {
            body = Sequential(Linear(2, 8, dtype: ScalarType.Float64), SiLU(), Linear(8, 8, dtype: ScalarType.Float64), SiLU());
            (judge, classifier) = (Linear(8, 1, dtype: ScalarType.Float64), Linear(8, ClassCount, dtype: ScalarType.Float64));
            RegisterComponents();
        }

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels)
        {
            var features = body.call(samples);
            return new DiscriminatorOutput(judge.call(features).squeeze(1), classifier.call(features));
        }
    }
}
