using FluentAssertions;
using GanSharp.Optimization;
using GanSharp.Optimization.Flat;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Optimization;

public sealed class FlatParametersTests
{
    [Fact]
    public void Training_on_flat_buffers_is_the_same_bit_for_bit()
    {
        var (normalLosses, normalParameters) = Train(flat: false);
        var (flatLosses, flatParameters) = Train(flat: true);

        flatLosses.Should().Equal(normalLosses);
        flatParameters.Should().Equal(normalParameters);
    }

    [Fact]
    public void Parameters_keep_their_values_and_start_aligned()
    {
        using var module = Sequential(Linear(3, 5), Linear(5, 2));
        var before = Read(module);

        using var flat = new FlatParameters(module);

        Read(module).Should().Equal(before);
        flat.Count.Should().Be(3 * 5 + 5 + 5 * 2 + 2);
        flat.Buffers.Should().ContainSingle().Which.shape.Should().Equal(4 * 16);
    }

    [Fact]
    public void A_change_of_the_buffer_is_a_change_of_the_network()
    {
        using var scope = NewDisposeScope();
        using var module = Linear(2, 1);
        using var flat = new FlatParameters(module);
        using (no_grad())
            flat.Buffers[0].fill_(1);

        module.call(tensor(new[,] { { 2f, 3f } })).item<float>().Should().Be(6);
    }

    [Fact]
    public void Frozen_parameters_stay_out()
    {
        using var module = Sequential(Linear(3, 5), Linear(5, 2));
        foreach (var parameter in module.parameters().Take(2))
            parameter.requires_grad_(false);

        using var flat = new FlatParameters(module);

        flat.Count.Should().Be(5 * 2 + 2);
        flat.RequireGradients(false);
        flat.RequireGradients(true);
        module.parameters().Select(parameter => parameter.requires_grad).Should().Equal(false, false, true, true);
    }

    [Fact]
    public void Types_are_kept_apart()
    {
        using var module = Sequential(Linear(3, 5), Linear(5, 2, dtype: ScalarType.Float64));

        using var flat = new FlatParameters(module);

        flat.Buffers.Select(buffer => buffer.dtype).Should().Equal(ScalarType.Float32, ScalarType.Float64);
    }

    [Fact]
    public void Tied_parameters_count_once_and_stay_tied()
    {
        using var scope = NewDisposeScope();
        using var module = new TiedModule();
        using var flat = new FlatParameters(module);

        flat.Count.Should().Be(9);
        module.call(ones(1, 3)).sum().backward();
        using (no_grad())
            module.First.add_(module.First.grad!, alpha: -0.1);
        module.First.equal(module.Second).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void Zero_grad_on_the_module_does_no_harm()
    {
        using var module = Linear(2, 1);
        using var flat = new FlatParameters(module);

        module.zero_grad();

        flat.Invoking(parameters => parameters.ThrowIfParametersMoved()).Should().NotThrow();
    }

    [Fact]
    public void A_parameter_whose_values_were_replaced_is_named()
    {
        using var scope = NewDisposeScope();
        using var module = Linear(2, 1);
        using var flat = new FlatParameters(module);
        flat.ThrowIfParametersMoved();

        using (no_grad())
            module.bias!.set_(zeros(1));

        flat.Invoking(parameters => parameters.ThrowIfParametersMoved()).Should().Throw<InvalidOperationException>()
            .WithMessage("Parameter 'bias' isn't where the trainer put it. Move a network, or replace its parameters, before making the trainer.");
    }

    [Fact]
    public void Gradients_are_taken_where_the_backward_pass_made_them()
    {
        using var scope = NewDisposeScope();
        using var module = Linear(2, 1);
        using var flat = new FlatParameters(module);
        module.call(ones(1, 2)).sum().backward();
        var made = module.weight!.grad!;
        using (no_grad())
            made.fill_(7);

        using var gradients = flat.TakeGradients();

        module.parameters().Should().OnlyContain(parameter => ReferenceEquals(parameter.grad, null));
        gradients.Named().Select(entry => (entry.Name, entry.Values.data<float>()[0])).Should().Equal(("weight", 7f), ("bias", 1f));
    }

    [Fact]
    public void The_rounded_copy_that_a_step_makes_is_that_of_torch()
    {
        using var scope = NewDisposeScope();
        using var module = Linear(513, 127);
        using var flat = new FlatParameters(module);
        using var sgd = new SgdOptions { LearningRate = 1 }.Create(flat);
        using var rounded = flat.Buffers[0].to(ScalarType.BFloat16);
        flat.Rounded[0] = rounded;
        using (no_grad())
            flat.Buffers[0].zero_();
        // Halves between two bfloat16 numbers, both ways, beside random values and the ends of the range.
        var values = randn(513 * 127) * pow(10, randint(-38, 39, [513 * 127]).to(ScalarType.Float32));
        foreach (var (index, value) in new[] { 1 + 1 / 256f, 1 + 3 / 256f, -1 - 1 / 256f, float.MaxValue, -0f, 1e-40f, float.NegativeInfinity }.Index())
            values[index] = value;
        module.weight!.grad = values.view(127, 513).neg();

        sgd.Step(0);

        rounded.bytes.ToArray().Should().Equal(flat.Buffers[0].to(ScalarType.BFloat16).bytes.ToArray());

        // Of those that are no number torch makes several; they need only stay none. The second's bits would carry over into a zero.
        module.weight.grad = full([127, 513], BitConverter.Int32BitsToSingle(0x7FFFFFFF));
        module.weight.grad[0, 0] = float.NaN;
        sgd.Step(1);
        rounded.narrow(0, 0, 127 * 513).isnan().all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void Memory_that_is_not_aligned_is_written_like_memory_that_is()
    {
        using var scope = NewDisposeScope();
        using var module = Linear(513, 127);
        using var flat = new FlatParameters(module);
        using var sgd = new SgdOptions { LearningRate = 1 }.Create(flat);
        // One bfloat16 number behind where libtorch's allocator began.
        flat.Rounded[0] = zeros(flat.Buffers[0].numel() + 1, ScalarType.BFloat16).narrow(0, 1, flat.Buffers[0].numel());
        module.weight!.grad = randn(127, 513);
        using var before = module.weight.detach().clone();
        using var gradient = module.weight.grad.clone();

        sgd.Step(0);

        module.weight.equal(before - gradient).all().item<bool>().Should().BeTrue();
        flat.Rounded[0]!.equal(flat.Buffers[0].to(ScalarType.BFloat16)).all().item<bool>().Should().BeTrue();
    }

    private static (float[] Losses, float[] Parameters) Train(bool flat)
    {
        manual_seed(5);
        using var scope = NewDisposeScope();
        using var module = Sequential(Conv2d(1, 4, 3), BatchNorm2d(4), LeakyReLU(0.2), Flatten(), Linear(4 * 36, 3));
        using var flatParameters = flat ? new FlatParameters(module) : null;
        using var optimizer = optim.SGD(module.parameters(), 0.05);
        var losses = new List<float>();
        for (var step = 0; step < 5; step++)
        {
            optimizer.zero_grad();
            var loss = module.call(randn(8, 1, 8, 8)).square().mean();
            loss.backward();
            optimizer.step();
            losses.Add(loss.item<float>());
        }
        return ([.. losses], Read(module));
    }

    private static float[] Read(Module module) =>
        [.. module.parameters().SelectMany(parameter => parameter.detach().contiguous().data<float>().ToArray())];

    private sealed class TiedModule : Module<Tensor, Tensor>
    {
        public readonly Parameter First, Second;

        public TiedModule()
            : base(nameof(TiedModule))
        {
            First = new Parameter(eye(3));
            Second = First;
            First.DetachFromDisposeScope();
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => input.matmul(First).matmul(Second);
    }
}
