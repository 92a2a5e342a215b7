using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Optimization;
using GanSharp.Penalties;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Training;

public sealed class JointForwardTests
{
    private static readonly Dictionary<string, TrainingOptions> Games = new()
    {
        ["minimax"] = new(),
        ["hinge with labels"] = new() { Objective = GanObjective.Hinge },
        ["relativistic with R1 and R2"] = TrainingOptions.RegularizedRelativistic(20, 1),
        ["Wasserstein with R1"] = new() { Objective = GanObjective.Wasserstein, DiscriminatorPenalties = [new R1(0.5)] },
    };

    public static TheoryData<string> Names => [.. Games.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Losses_penalties_and_networks_are_those_of_separate_passes_to_rounding(string name)
    {
        // Plain descent: Adam would turn the rounding of a gradient near zero into a whole step.
        var options = Games[name] with { BatchSize = 32, GeneratorOptimizer = new SgdOptions(), DiscriminatorOptimizer = new SgdOptions() };
        var joint = Train(options with { JointForward = true });
        var separate = Train(options with { JointForward = false });

        joint.Reports.Should().HaveCount(20);
        joint.Reports.Zip(separate.Reports, Difference).Max().Should().BeLessThan(1e-5);
        joint.Parameters.Zip(separate.Parameters, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-5f);
        joint.Calls.Should().BeLessThan(separate.Calls);
    }

    [Fact]
    public void A_penalty_differentiates_its_own_side_only()
    {
        using var scope = NewDisposeScope();
        using var discriminator = new MlpDiscriminator(2, 16);
        var (real, fake) = (randn(8, 2).requires_grad_(true), randn(8, 2).requires_grad_(true));
        var (realOutput, fakeOutput) = JointForward.Judge(discriminator, real, fake, null, null);
        var alone = autograd.grad([discriminator.call(real, null).Logits.sum()], [real], retain_graph: true, create_graph: true)[0];

        var together = autograd.grad([realOutput.Logits.sum()], [real], retain_graph: true, create_graph: true)[0];

        (together - alone).abs().max().item<float>().Should().BeLessThan(1e-6f);
        autograd.grad([realOutput.Logits.sum()], [fake], retain_graph: true, create_graph: true)[0].count_nonzero().item<long>().Should().Be(0);
        fakeOutput.Logits.shape.Should().Equal(8);
    }

    [Fact]
    public void A_network_that_looks_at_each_sample_by_itself_is_found_and_left_as_it_was()
    {
        manual_seed(1);
        using var images = Images();
        using var convolutional = new DcganDiscriminator(new ImageShape(1, 8, 8), 8);
        using var points = Mixtures.Ring();
        using var connected = new MlpDiscriminator(2, 16);
        using var layerNorm = new Body(Sequential(Linear(2, 16), LayerNorm(16), Linear(16, 1)));
        var random = get_rng_state();

        JointForward.IsEquivalent(connected, points, 0).Should().BeTrue();
        JointForward.IsEquivalent(convolutional, images, 0).Should().BeTrue();
        JointForward.IsEquivalent(layerNorm, points, 0).Should().BeTrue();
        get_rng_state().equal(random).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void A_network_that_looks_at_its_batch_draws_or_keeps_a_state_is_found()
    {
        manual_seed(1);
        using var images = Images();
        using var points = Mixtures.Ring();
        using var normalized = new DcganDiscriminator(new ImageShape(1, 8, 8), 8, batchNorm: true);
        var statistics = normalized.buffers().Select(buffer => buffer.clone()).ToArray();

        JointForward.IsEquivalent(normalized, images, 0).Should().BeFalse();
        JointForward.IsEquivalent(new Body(Sequential(Linear(2, 16), Dropout(0.5), Linear(16, 1))), points, 0).Should().BeFalse();
        JointForward.IsEquivalent(new Body(new DistanceToMean(), Linear(2, 1)), points, 0).Should().BeFalse();
        JointForward.IsEquivalent(new Body(new Counting(), Linear(2, 1)), points, 0).Should().BeFalse();
        var silent = Linear(2, 1);
        using (no_grad())
            foreach (var parameter in silent.parameters())
                parameter.zero_();
        JointForward.IsEquivalent(new Body(silent), points, 0).Should().BeFalse("a network that says nothing yet can't be judged");
        normalized.buffers().Zip(statistics).Should().OnlyContain(pair => pair.First.equal(pair.Second).all().item<bool>());
    }

    private static InMemoryDataset Images() => new(randint(0, 256, [32, 1, 8, 8], ScalarType.Byte));

    private static double Difference(StepReport left, StepReport right) =>
        Math.Max(Math.Max(Math.Abs(left.DiscriminatorLoss - right.DiscriminatorLoss), Math.Abs(left.GeneratorLoss - right.GeneratorLoss)), Math.Abs(left.Penalty - right.Penalty));

    private static (StepReport[] Reports, float[] Parameters, int Calls) Train(TrainingOptions options)
    {
        manual_seed(0);
        using var scope = NewDisposeScope();
        using var data = new InMemoryDataset(randn(200, 2), arange(200, ScalarType.Int64) % 4);
        using var generator = new MlpGenerator(2, 16, 2);
        using var discriminator = new Labeled();
        using var trainer = new GanTrainer(generator, discriminator, data, options);
        discriminator.Calls = 0;
        var reports = trainer.Train(20).ToArray();
        var parameters = generator.parameters().Concat(discriminator.parameters()).SelectMany(parameter => parameter.detach().contiguous().data<float>().ToArray());
        return (reports, [.. parameters], discriminator.Calls);
    }

    private sealed class Labeled : DiscriminatorNetwork
    {
        private readonly Module<Tensor, Tensor> embedding = Embedding(4, 3), body = Sequential(Linear(5, 16), LeakyReLU(0.2), Linear(16, 1));

        public Labeled()
            : base(nameof(Labeled)) => RegisterComponents();

        public int Calls { get; set; }

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels)
        {
            Calls++;
            return body.call(cat([samples, embedding.call(labels!)], 1)).squeeze(1);
        }
    }

    private sealed class Body : DiscriminatorNetwork
    {
        private readonly Module<Tensor, Tensor> body;

        public Body(params Module<Tensor, Tensor>[] layers)
            : base(nameof(Body))
        {
            body = Sequential(layers);
            RegisterComponents();
        }

        public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => body.call(samples).squeeze(1);
    }

    private sealed class DistanceToMean() : Module<Tensor, Tensor>(nameof(DistanceToMean))
    {
        public override Tensor forward(Tensor input) => input - input.mean([0], keepdim: true) * 0.01;
    }

    private sealed class Counting : Module<Tensor, Tensor>
    {
        private readonly Tensor calls = zeros(1);

        public Counting()
            : base(nameof(Counting)) => register_buffer("calls", calls);

        public override Tensor forward(Tensor input)
        {
            using var frozen = no_grad();
            calls.add_(1);
            return input.alias();
        }
    }
}
