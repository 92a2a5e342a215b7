using FluentAssertions;
using GanSharp.Contracts;
using GanSharp.Networks.Weights;
using GanSharp.Optimization;
using GanSharp.Players;
using GanSharp.Schedules;
using GanSharp.Tests.Training;
using GanSharp.Training;
using GanSharp.Training.Checkpointing;
using GanSharp.Training.Guards;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Optimization;

/// <summary>Optimizers from outside: Lion as a stranger writes it, with and without a vector rule, and torch's own.</summary>
public sealed class CustomOptimizerTests : IDisposable
{
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();

    public static TheoryData<string, OptimizerOptions> Lions => new()
    {
        { "operators", new Lion { LearningRate = 1e-3 } },
        { "vectors", new VectorLion { LearningRate = 1e-3 } },
    };

    public void Dispose() => scope.Dispose();

    [Theory]
    [MemberData(nameof(Lions))]
    public void Lion_is_the_formula_of_its_paper(string form, OptimizerOptions options)
    {
        form.Should().NotBeEmpty();
        using var network = Network();
        using var byHand = Network();
        var momenta = byHand.parameters().Select(parameter => zeros_like(parameter)).ToArray();
        using var player = new Player(network, options with { WeightDecay = 0.1, LearningRate = Schedule.Linear(1e-3, 1e-4, 50) });

        for (var step = 0; step < 50; step++)
        {
            using var inner = NewDisposeScope();
            var input = Input(step);
            player.Descend(network.call(input).square().mean());
            byHand.call(input).square().mean().backward();
            using var frozen = no_grad();
            var rate = 1e-3 + (1e-4 - 1e-3) * step / 50;
            foreach (var (parameter, momentum) in byHand.parameters().Zip(momenta))
            {
                var gradient = parameter.grad!;
                var direction = (0.9 * momentum + 0.1 * gradient).sign();
                momentum.copy_(0.99 * momentum + 0.01 * gradient);
                parameter.copy_(parameter * (1 - rate * 0.1) - rate * direction);
                parameter.grad = null;
            }
        }

        NetworkDifference.Largest(network, byHand).Should().BeLessThan(2e-5);
    }

    [Theory]
    [MemberData(nameof(Lions))]
    public void It_resumes_bit_for_bit_clips_and_computes_in_low_precision(string form, OptimizerOptions lion)
    {
        using var folder = new TemporaryFolder();
        var options = new TrainingOptions
        {
            BatchSize = 16, GeneratorOptimizer = lion with { MaximumGradientNorm = 0.5 }, DiscriminatorOptimizer = lion, Diagnostics = new() { Samples = 0 },
            Precision = form == "operators" ? Precision.BFloat16 : Precision.Float32,
        };
        using var whole = new PointRun(options);
        _ = whole.Trainer.TrainTo(20).Every(10).Last();
        using (var first = new PointRun(options))
            _ = first.Trainer.TrainTo(10).Every(10).WithCheckpoints(folder.File("run")).Last();

        using var second = new PointRun(options);
        second.Trainer.Resume(folder.File("run")).Step.Should().Be(10);
        _ = second.Trainer.TrainTo(20).Every(10).Last();

        NetworkFingerprint.Compute(second.Generator).Should().Be(NetworkFingerprint.Compute(whole.Generator));
        NetworkFingerprint.Compute(second.Discriminator).Should().Be(NetworkFingerprint.Compute(whole.Discriminator));
    }

    [Fact]
    public void Torchs_optimizers_do_in_a_player_what_they_do_in_a_loop()
    {
        using var network = Network();
        using var byHand = Network();
        using var optimizer = optim.NAdam(byHand.parameters(), lr: 1e-2);
        using var player = new Player(network, new TorchOptimizerOptions(parameters => optim.NAdam(parameters, lr: 1e-2)));

        for (var step = 0; step < 50; step++)
        {
            using var inner = NewDisposeScope();
            player.Descend(network.call(Input(step)).square().mean());
            optimizer.zero_grad();
            byHand.call(Input(step)).square().mean().backward();
            optimizer.step();
        }

        NetworkDifference.Largest(network, byHand).Should().BeLessThan(1e-6);
    }

    [Fact]
    public void Torchs_optimizers_follow_a_schedule_where_one_is_given_and_leave_no_tensor_behind()
    {
        using var network = Network();
        using var byHand = Network();
        using var optimizer = optim.Adagrad(byHand.parameters(), lr: 1);
        var options = new TorchOptimizerOptions(parameters => optim.Adagrad(parameters, lr: 1)) { LearningRate = Schedule.Linear(1e-2, 1e-3, 20) };
        using (var player = new Player(network, options))
        {
            for (var step = 0; step < 20; step++)
            {
                using var inner = NewDisposeScope();
                player.Descend(network.call(Input(step)).square().mean());
                optimizer.zero_grad();
                byHand.call(Input(step)).square().mean().backward();
                foreach (var group in optimizer.ParamGroups)
                    group.LearningRate = 1e-2 + (1e-3 - 1e-2) * step / 20;
                optimizer.step();
                optimizer.zero_grad();
                if (step == 2)
                    Before = LiveTensors.Settled();
                if (step > 2)
                    LiveTensors.Settled().Should().Be(Before);
            }
        }

        NetworkDifference.Largest(network, byHand).Should().BeLessThan(1e-6);
    }

    private long Before { get; set; }

    [Fact]
    public void Their_state_is_out_of_reach_so_checkpoints_and_roll_backs_are_refused()
    {
        var options = new TrainingOptions { GeneratorOptimizer = new TorchOptimizerOptions(parameters => optim.Adam(parameters)), Diagnostics = new() { Samples = 0 } };
        using var run = new PointRun(options);

        var checkpoints = () => run.Trainer.Train(2).WithCheckpoints("anywhere");
        var rollBack = () => new PointRun(options with { Guards = new() { Policy = DivergencePolicy.RollBack } });
        var groups = () => new PointRun(options with { GeneratorOptimizer = options.GeneratorOptimizer with { ParameterGroups = [new("*.bias")] } });

        checkpoints.Should().Throw<NotSupportedException>().WithMessage("A run with checkpoints can't have GeneratorOptimizer of torch*");
        rollBack.Should().Throw<ArgumentException>().WithMessage("*Guards.Policy must not be RollBack with GeneratorOptimizer of torch*");
        groups.Should().Throw<ArgumentException>().WithMessage("*GeneratorOptimizer.ParameterGroups must be empty for an optimizer of torch but has 1.");
        run.Trainer.Train(2).Every(2).Single().Step.Should().Be(2);
    }

    [Fact]
    public void What_can_t_be_put_back_is_not_remembered()
    {
        using var network = Network();
        using var player = new Player(network, new TorchOptimizerOptions(parameters => optim.Adam(parameters)));

        player.Invoking(it => it.Remember()).Should().Throw<NotSupportedException>().WithMessage("Sequential has an optimizer of torch*");
    }

    [Fact]
    public void A_group_that_holds_other_parameters_is_another_run()
    {
        using var folder = new TemporaryFolder();
        TrainingOptions Options(ParameterGroup group) => new()
        {
            BatchSize = 16, GeneratorOptimizer = new AdamOptions { ParameterGroups = [group] }, Diagnostics = new() { Samples = 0 },
        };
        using (var first = new PointRun(Options(new(name => name.EndsWith("bias", StringComparison.Ordinal)) { WeightDecay = 0 })))
            _ = first.Trainer.TrainTo(4).Every(4).WithCheckpoints(folder.File("run")).Last();

        using var same = new PointRun(Options(new("*bias") { WeightDecay = 0 }));
        using var other = new PointRun(Options(new(name => name.EndsWith("weight", StringComparison.Ordinal)) { WeightDecay = 0 }));
        var resume = () => other.Trainer.Resume(folder.File("run"));

        same.Trainer.Resume(folder.File("run")).Step.Should().Be(4, "the same parameters, chosen in another way");
        resume.Should().Throw<CheckpointException>().WithMessage("*GeneratorOptimizer.ParameterGroups.0.Parameters is *");
    }

    private static Tensor Input(int step)
    {
        using var random = new TorchSharp.torch.Generator((ulong)step);
        return randn([8, 3], generator: random);
    }

    private static nn.Module<Tensor, Tensor> Network()
    {
        manual_seed(1);
        return nn.Sequential(nn.Linear(3, 40), nn.Tanh(), nn.Linear(40, 2));
    }
}
