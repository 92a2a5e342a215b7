using FluentAssertions;
using GanSharp.Optimization;
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
        flat.Groups.Should().ContainSingle().Which.Values.shape.Should().Equal(4 * 16);
    }

    [Fact]
    public void A_change_of_the_buffer_is_a_change_of_the_network()
    {
        using var scope = NewDisposeScope();
        using var module = Linear(2, 1);
        using var flat = new FlatParameters(module);
        using (no_grad())
            flat.Groups[0].Values.fill_(1);

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

        flat.Groups.Select(group => group.Values.dtype).Should().Equal(ScalarType.Float32, ScalarType.Float64);
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
            flat.Groups[0].Values.add_(flat.Groups[0].Gradients, alpha: -0.1);
        module.First.equal(module.Second).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void Zero_grad_on_the_module_is_found_and_named()
    {
        using var module = Linear(2, 1);
        using var flat = new FlatParameters(module);
        flat.ThrowIfDetached();

        module.zero_grad();

        flat.Invoking(parameters => parameters.ThrowIfDetached()).Should().Throw<InvalidOperationException>()
            .WithMessage("Parameter 'weight' lost its gradient buffer. Don't call zero_grad() on a network that a trainer trains; the trainer does.");
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
