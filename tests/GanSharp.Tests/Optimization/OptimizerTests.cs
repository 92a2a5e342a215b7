using FluentAssertions;
using GanSharp.Optimization;
using GanSharp.Optimization.Flat;
using GanSharp.Players;
using GanSharp.Schedules;
using Xunit;
using AdamW = TorchSharp.Modules.AdamW;
using OptimizerHelper = TorchSharp.Modules.OptimizerHelper;
using Parameter = TorchSharp.Modules.Parameter;
using Sequential = TorchSharp.Modules.Sequential;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Optimization;

public sealed class OptimizerTests
{
    private const int Steps = 1_000;
    private const double Rate = 1e-2;

    /// <summary>Ours, and torch's own optimizer of the same rule.</summary>
    private static readonly Dictionary<string, (OptimizerOptions Options, Func<IEnumerable<Parameter>, OptimizerHelper> Reference)> Cases = new()
    {
        ["Adam"] = (new AdamOptions { LearningRate = Rate }, p => optim.Adam(p, Rate, 0.5, 0.999)),
        ["Adam, no momentum"] = (new AdamOptions { LearningRate = Rate, Beta1 = 0, Beta2 = 0.9 }, p => optim.Adam(p, Rate, 0, 0.9)),
        ["Adam, epsilon"] = (new AdamOptions { LearningRate = Rate, Beta1 = 0.9, Epsilon = 0.1 }, p => optim.Adam(p, Rate, 0.9, 0.999, 0.1)),
        ["Adam, L2"] = (new AdamOptions { LearningRate = Rate, L2Penalty = 0.3 }, p => optim.Adam(p, Rate, 0.5, 0.999, weight_decay: 0.3)),
        ["Adam, AMSGrad"] = (new AdamOptions { LearningRate = Rate, Beta2 = 0.9, AmsGrad = true }, p => optim.Adam(p, Rate, 0.5, 0.9, amsgrad: true)),
        ["AdamW"] = (new AdamOptions { LearningRate = Rate, WeightDecay = 0.3 }, p => optim.AdamW(p, Rate, 0.5, 0.999, weight_decay: 0.3)),
        ["AdamW, AMSGrad"] = (new AdamOptions { LearningRate = Rate, WeightDecay = 0.3, AmsGrad = true }, p => optim.AdamW(p, Rate, 0.5, 0.999, weight_decay: 0.3, amsgrad: true)),
        ["SGD"] = (new SgdOptions { LearningRate = Rate }, p => optim.SGD(p, Rate)),
        ["SGD, L2"] = (new SgdOptions { LearningRate = Rate, L2Penalty = 0.3 }, p => optim.SGD(p, Rate, weight_decay: 0.3)),
        ["SGD, momentum"] = (new SgdOptions { LearningRate = Rate, Momentum = 0.9 }, p => optim.SGD(p, Rate, 0.9)),
        ["SGD, Nesterov"] = (new SgdOptions { LearningRate = Rate, Momentum = 0.9, Nesterov = true, L2Penalty = 0.1 }, p => optim.SGD(p, Rate, 0.9, nesterov: true, weight_decay: 0.1)),
        ["RMSprop"] = (new RmsPropOptions { LearningRate = Rate }, p => optim.RMSProp(p, Rate, 0.99)),
        ["RMSprop, L2"] = (new RmsPropOptions { LearningRate = Rate, Decay = 0.9, L2Penalty = 0.3 }, p => optim.RMSProp(p, Rate, 0.9, weight_decay: 0.3)),
        ["RMSprop, momentum"] = (new RmsPropOptions { LearningRate = Rate, Momentum = 0.8 }, p => optim.RMSProp(p, Rate, 0.99, momentum: 0.8)),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_thousand_steps_are_those_of_torch_within_rounding(string name)
    {
        var (options, reference) = Cases[name];

        // The vector pass in float32, and torch's operators in float64, which is how other types and devices are stepped.
        Distance(ScalarType.Float32, options, reference).Should().BeLessThan(2e-5);
        Distance(ScalarType.Float64, options, reference).Should().BeLessThan(1e-12);
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void The_momentum_of_SGD_follows_its_schedule(ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var module = Linear(1, 1, hasBias: false, dtype: type);
        using (no_grad())
            module.weight!.fill_(0);
        using var player = new Player(module, new SgdOptions { LearningRate = 1, Momentum = Schedule.Linear(0.5, 0.7, 2) });

        for (var step = 0; step < 3; step++)
            player.Descend(module.weight!.sum());

        // b: 1, then 0.6 · 1 + 1, then 0.7 · 1.6 + 1.
        module.weight!.to(ScalarType.Float64).item<double>().Should().BeApproximately(-(1 + 1.6 + 2.12), 1e-6);
    }

    [Fact]
    public void Groups_have_their_own_rate_and_decay()
    {
        var options = new AdamOptions
        {
            LearningRate = Rate,
            WeightDecay = 0.2,
            ParameterGroups = [new("*.bias") { WeightDecay = 0 }, new(name => name.StartsWith("1.", StringComparison.Ordinal)) { LearningRate = Rate / 10 }],
        };
        OptimizerHelper Reference(IEnumerable<Parameter> parameters)
        {
            // In the order of the network: weight and bias of the first layer, then of the second.
            var all = parameters.ToArray();
            return optim.AdamW(
                [
                    new AdamW.ParamGroup([all[0]], Rate, 0.5, weight_decay: 0.2),
                    new AdamW.ParamGroup([all[1], all[3]], Rate, 0.5, weight_decay: 0),
                    new AdamW.ParamGroup([all[2]], Rate / 10, 0.5, weight_decay: 0.2),
                ],
                Rate, 0.5);
        }

        Distance(ScalarType.Float32, options, Reference).Should().BeLessThan(2e-5);
        Distance(ScalarType.Float64, options, Reference).Should().BeLessThan(1e-12);
    }

    [Fact]
    public void A_group_without_parameters_is_named_with_what_there_is()
    {
        using var module = Linear(2, 1);

        FluentActions.Invoking(() => new Player(module, new SgdOptions { ParameterGroups = [new("weights")] })).Should().Throw<ArgumentException>()
            .WithMessage("The parameter group 'weights' holds no trainable parameter; there are weight, bias.");
    }

    [Fact]
    public void Clipping_by_norm_is_that_of_torch_over_the_whole_network()
    {
        Distance(ScalarType.Float32, new SgdOptions { LearningRate = Rate, MaximumGradientNorm = 3 }, p => optim.SGD(p, Rate), p => TorchSharp.torch.nn.utils.clip_grad_norm_(p, 3))
            .Should().BeLessThan(2e-5);
    }

    [Fact]
    public void Any_number_of_threads_gives_the_same_bits()
    {
        var threads = get_num_threads();
        try
        {
            float[] Run(int count)
            {
                set_num_threads(count);
                return Train(Sequential(Linear(400, 401), Linear(401, 301)), new AdamOptions { WeightDecay = 0.1, AmsGrad = true }, steps: 3);
            }
            var alone = Run(1);
            Run(2).Should().Equal(alone);
            Run(5).Should().Equal(alone);
        }
        finally
        {
            set_num_threads(threads);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void State_and_scalars_are_all_that_a_resumed_run_needs(string name)
    {
        using var scope = NewDisposeScope();
        using var straight = new Learner(Cases[name].Options);
        using var interrupted = new Learner(Cases[name].Options);
        straight.Learn(0, 20);
        interrupted.Learn(0, 12);
        using var resumed = new Learner(Cases[name].Options);
        resumed.TakeOver(interrupted);

        resumed.Learn(12, 20);

        resumed.Values.Should().Equal(straight.Values);
        resumed.Optimizer.State.Select(entry => entry.Name).Should().OnlyHaveUniqueItems();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_are_gone_after_a_step_and_no_tensor_stays(string name)
    {
        using var learner = new Learner(Cases[name].Options);
        learner.Learn(0, 2);
        var tensors = LiveTensors.Settled();

        learner.Learn(2, 5);

        Tensor.TotalCount.Should().Be(tensors);
        learner.Parameters.Should().OnlyContain(parameter => ReferenceEquals(parameter.grad, null));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_gradient_that_is_not_finite_is_seen_wherever_it_is(float bad)
    {
        using var scope = NewDisposeScope();
        // One with a remainder beside whole vectors, one of another type.
        using var module = Sequential(Linear(9, 5), Linear(5, 2, dtype: ScalarType.Float64));
        using var flat = new FlatParameters(module);
        var parameters = module.parameters().ToArray();
        bool AreFinite(Action<Tensor[]> change)
        {
            var values = parameters.Select(parameter => full_like(parameter.detach(), 3e38)).ToArray();
            change(values);
            foreach (var (parameter, gradient) in parameters.Zip(values))
                parameter.grad = gradient;
            using var gradients = flat.TakeGradients();
            return gradients.AreFinite();
        }

        AreFinite(_ => { }).Should().BeTrue("large values are finite");
        for (var index = 0; index < parameters.Length; index++)
            foreach (var place in new[] { 0, -1 })
                AreFinite(values => values[index].flatten()[place] = bad).Should().BeFalse();
    }

    [Fact]
    public void A_parameter_without_a_gradient_moves_as_with_a_gradient_of_zeros()
    {
        float[] Move(bool hasGradient, ScalarType type)
        {
            using var scope = NewDisposeScope();
            using var module = Linear(9, 5, dtype: type);
            using var flat = new FlatParameters(module);
            using var adam = new AdamOptions().Create(flat);
            using (no_grad())
                flat.Buffers[0].fill_(1);
            for (var step = 0; step < 3; step++)
            {
                module.weight!.grad = ones_like(module.weight.detach());
                module.bias!.grad = step == 0 ? ones_like(module.bias.detach()) : hasGradient ? zeros_like(module.bias.detach()) : null;
                adam.Step(step);
            }
            return flat.Buffers[0].to(ScalarType.Float32).data<float>().ToArray();
        }

        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64 })
            Move(hasGradient: false, type).Should().Equal(Move(hasGradient: true, type));
    }

    [Fact]
    public void A_bfloat16_gradient_moves_as_the_same_numbers_in_float32_do()
    {
        float[] Move(bool isBFloat16)
        {
            manual_seed(2);
            using var scope = NewDisposeScope();
            // Vectors and a rest, in more than one piece.
            using var module = Linear(257, 301);
            using var flat = new FlatParameters(module);
            using var adam = new AdamOptions { MaximumGradientNorm = 1 }.Create(flat);
            using (no_grad())
                flat.Buffers[0].fill_(1);
            for (var step = 0; step < 3; step++)
            {
                foreach (var parameter in module.parameters())
                {
                    var rounded = randn_like(parameter.detach()).to(ScalarType.BFloat16);
                    parameter.grad = isBFloat16 ? rounded : rounded.to(ScalarType.Float32);
                }
                adam.Step(step);
            }
            return flat.Buffers[0].data<float>().ToArray();
        }

        Move(isBFloat16: true).Should().Equal(Move(isBFloat16: false));
    }

    [Fact]
    public void A_transposed_and_a_sparse_gradient_are_read_right()
    {
        float[] Move(Func<Tensor, Tensor> form, ScalarType type)
        {
            using var scope = NewDisposeScope();
            using var module = Linear(7, 5, hasBias: false, dtype: type);
            using var flat = new FlatParameters(module);
            using var sgd = new SgdOptions { LearningRate = 1 }.Create(flat);
            using (no_grad())
                flat.Buffers[0].zero_();
            module.weight!.grad = form(arange(35, ScalarType.Float32).view(5, 7).to(type));
            sgd.Step(0);
            return flat.Buffers[0].to(ScalarType.Float32).data<float>().ToArray();
        }

        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            var plain = Move(gradient => gradient, type);
            plain[34].Should().Be(-34);
            Move(gradient => gradient.t().contiguous().t(), type).Should().Equal(plain);
            Move(gradient => gradient.to_sparse(), type).Should().Equal(plain);
        }
    }

    /// <summary>The largest difference of any parameter at any hundredth step between ours and torch's, driven by the same noisy quadratic.</summary>
    private static double Distance(
        ScalarType type, OptimizerOptions options, Func<IEnumerable<Parameter>, OptimizerHelper> reference, Action<IEnumerable<Parameter>>? beforeReference = null)
    {
        manual_seed(3);
        using var scope = NewDisposeScope();
        using var own = Sequential(Linear(7, 5, dtype: type), Linear(5, 3, dtype: type));
        using var other = Sequential(Linear(7, 5, dtype: type), Linear(5, 3, dtype: type));
        other.load_state_dict(own.state_dict());
        using var flat = new FlatParameters(own);
        using var optimizer = options.Create(flat);
        var (ownParameters, otherParameters) = (own.parameters().ToArray(), other.parameters().ToArray());
        foreach (var parameter in otherParameters)
            parameter.grad = zeros_like(parameter);
        using var torchOptimizer = reference(otherParameters);
        var noise = ownParameters.Select(parameter => randn([Steps, .. parameter.shape], type)).ToArray();
        var distance = 0.0;
        for (var step = 0; step < Steps; step++)
        {
            using var inner = NewDisposeScope();
            using (no_grad())
                for (var index = 0; index < noise.Length; index++)
                {
                    Tensor Gradient(Tensor parameter) => noise[index][step].add(parameter - 1, alpha: 0.1);
                    ownParameters[index].grad = Gradient(ownParameters[index]);
                    otherParameters[index].grad!.copy_(Gradient(otherParameters[index]));
                }
            optimizer.Step(step);
            beforeReference?.Invoke(otherParameters);
            torchOptimizer.step();
            if (step % 100 == 99)
                distance = Math.Max(distance, ownParameters.Zip(otherParameters, (a, b) => ((a - b).abs() / b.abs().clamp_min(1)).max().to(ScalarType.Float64).item<double>()).Max());
        }
        return distance;
    }

    private static float[] Train(Module<Tensor, Tensor> module, OptimizerOptions options, int steps)
    {
        using var scope = NewDisposeScope();
        using var flat = new FlatParameters(module);
        using var optimizer = options.Create(flat);
        var values = flat.Buffers[0];
        using (no_grad())
            values.copy_(linspace(-1, 1, values.shape[0]));
        for (var step = 0; step < steps; step++)
        {
            foreach (var parameter in module.parameters())
                parameter.grad = linspace(-3, 2 + step, parameter.numel()).view(parameter.shape);
            optimizer.Step(step);
        }
        return values.data<float>().ToArray();
    }

    private sealed class Learner : IDisposable
    {
        private readonly Sequential module = Sequential(Linear(3, 4), Linear(4, 2));

        public Learner(OptimizerOptions options)
        {
            Flat = new FlatParameters(module);
            Optimizer = options.Create(Flat);
            using var frozen = no_grad();
            Flat.Buffers[0].fill_(0.5);
        }

        public FlatParameters Flat { get; }

        public GanSharp.Optimization.Optimizer Optimizer { get; }

        public IEnumerable<Parameter> Parameters => module.parameters();

        public float[] Values => Flat.Buffers[0].data<float>().ToArray();

        public void Learn(int from, int to)
        {
            for (var step = from; step < to; step++)
            {
                using var scope = NewDisposeScope();
                module.call(full([5, 3], 0.1 * step)).square().mean().backward();
                Optimizer.Step(step);
            }
        }

        public void TakeOver(Learner other)
        {
            using var frozen = no_grad();
            Flat.Buffers[0].copy_(other.Flat.Buffers[0]);
            foreach (var (mine, theirs) in Optimizer.State.Zip(other.Optimizer.State))
                mine.Value.copy_(theirs.Value);
            Optimizer.Scalars = other.Optimizer.Scalars;
        }

        public void Dispose()
        {
            Optimizer.Dispose();
            Flat.Dispose();
            module.Dispose();
        }
    }
}
