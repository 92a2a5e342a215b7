using FluentAssertions;
using GanSharp.Optimization;
using GanSharp.Optimization.Flat;
using GanSharp.Schedules;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Optimization;

public sealed class AdamTests
{
    [Theory]
    [InlineData(0, 0.99)]
    [InlineData(0.5, 0.999)]
    [InlineData(0.9, 0.9)]
    public void It_agrees_with_the_Adam_of_torch(double beta1, double beta2)
    {
        var own = Train(module =>
        {
            var flat = new FlatParameters(module);
            var adam = new Adam(flat, new AdamOptions { LearningRate = 1e-2, Beta1 = beta1, Beta2 = beta2 });
            return adam.Step;
        });
        var reference = Train(module =>
        {
            var adam = optim.Adam(module.parameters(), 1e-2, beta1, beta2);
            return _ => { adam.step(); adam.zero_grad(); };
        });

        own.Zip(reference, (left, right) => Math.Abs(left - right)).Max().Should().BeLessThan(2e-6f);
    }

    [Fact]
    public void The_first_step_has_the_length_of_the_learning_rate_whatever_the_schedule_of_beta()
    {
        using var scope = NewDisposeScope();
        using var module = Linear(4, 1, hasBias: false);
        using var flat = new FlatParameters(module);
        using var adam = new Adam(flat, new AdamOptions { LearningRate = 0.25, Beta1 = 0, Beta2 = Schedule.Cosine(0.9, 0.99, 10) });
        var before = module.weight!.detach().clone();

        module.call(ones(1, 4)).sum().backward();
        adam.Step(0);

        (before - module.weight).detach().data<float>().ToArray().Should().AllSatisfy(step => step.Should().BeApproximately(0.25f, 1e-5f));
    }

    private static float[] Train(Func<Module, Action<long>> optimizer)
    {
        manual_seed(1);
        using var scope = NewDisposeScope();
        using var module = Sequential(Linear(6, 16), Tanh(), Linear(16, 1));
        var step = optimizer(module);
        for (var index = 0; index < 40; index++)
        {
            (module.call(randn(32, 6)) - 1).square().mean().backward();
            step(index);
        }
        return [.. module.parameters().SelectMany(parameter => parameter.detach().contiguous().data<float>().ToArray())];
    }
}
