using FluentAssertions;
using GanSharp.Optimization.Averages;
using GanSharp.Optimization.Flat;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Optimization;

/// <summary>The power-function average of Karras et al. (2024), and that averages of one network are in it one at a time.</summary>
public sealed class PowerAverageTests
{
    [Theory]
    [InlineData(0.05, 16.97)]
    [InlineData(0.1, 6.94)]
    public void The_exponents_are_those_of_the_paper(double width, double exponent)
    {
        var average = new PowerAverage(width);

        average.Exponent.Should().BeApproximately(exponent, 0.005);
        // Their formula 126: the root of a cubic.
        var (gamma, inverse) = (average.Exponent, Math.Pow(width, -2));
        (gamma * gamma * gamma + 7 * gamma * gamma + (16 - inverse) * gamma + 12 - inverse).Should().BeApproximately(0, 1e-9);
        average.Name.Should().Be(FormattableString.Invariant($"power {width}"));
    }

    [Theory]
    [InlineData(0.05)]
    [InlineData(0.1)]
    [InlineData(0.25)]
    public void Every_past_step_has_the_weight_of_the_power_function(double width)
    {
        const int Steps = 60;
        // The network of step i is the i-th unit vector, so the average is the vector of weights.
        using var module = Linear(Steps, 1, hasBias: false, dtype: ScalarType.Float64);
        using var flat = new FlatParameters(module);
        var options = new PowerAverage(width);
        using var average = new WeightAverage(module, flat, options);
        for (var step = 0; step < Steps; step++)
        {
            Fill(flat, 0);
            using (var place = flat.Buffers[0].narrow(0, step, 1))
                using (no_grad())
                    place.fill_(1);
            average.Update(batchSize: 16);
        }

        using var applied = average.Apply();
        var weights = module.weight!.data<double>().ToArray();

        double Expected(int step) => (Math.Pow(step, options.Exponent + 1) - Math.Pow(step - 1, options.Exponent + 1)) / Math.Pow(Steps, options.Exponent + 1);
        foreach (var (index, weight) in weights.Index())
            weight.Should().BeApproximately(Expected(index + 1), 1e-14);
        weights.Sum().Should().BeApproximately(1, 1e-12, "the start has no part in it");
        var mean = weights.Index().Sum(entry => entry.Item * (entry.Index + 0.5) / Steps);
        Math.Sqrt(weights.Index().Sum(entry => entry.Item * Math.Pow((entry.Index + 0.5) / Steps - mean, 2))).Should().BeApproximately(width, 0.001, "which is what the width means");
    }

    [Fact]
    public void The_inner_product_of_two_profiles_is_the_integral_of_their_product()
    {
        var (one, other) = (new PowerProfile(6.94, 300), new PowerProfile(16.97, 500));
        const int Cells = 200_000;
        double Profile(PowerProfile profile, double time) => time > profile.Time ? 0 : (profile.Exponent + 1) * Math.Pow(time, profile.Exponent) / Math.Pow(profile.Time, profile.Exponent + 1);

        var integral = Enumerable.Range(0, Cells).Sum(cell => (cell + 0.5) * 500 / Cells is var time ? Profile(one, time) * Profile(other, time) * 500 / Cells : 0);

        one.Dot(other).Should().BeApproximately(integral, 1e-6 * integral);
        other.Dot(one).Should().Be(one.Dot(other));
    }

    [Fact]
    public void A_second_average_of_a_network_is_refused_while_the_first_is_in_it()
    {
        using var module = Linear(2, 1);
        using var flat = new FlatParameters(module);
        using var set = new AverageSet(module, flat, 100, [new PowerAverage(0.05), new HalfLifeAverage(50) { Name = "short" }]);
        Fill(flat, 3);
        set.Update(8);

        using (set.Apply("short"))
        {
            set.Invoking(it => it.Apply("power 0.05")).Should().Throw<InvalidOperationException>().WithMessage("The average 'short' is in Linear, so 'power 0.05' can't be put into it*");
            set.Invoking(it => it.Apply(null)).Should().Throw<InvalidOperationException>();
            using var again = set.Apply("short");
        }

        module.weight!.detach().eq(3).all().item<bool>().Should().BeTrue("what was trained is back");
        using (set.Apply("power 0.05"))
            module.weight!.detach().eq(3).all().item<bool>().Should().BeTrue("the average after one step is that step");
    }

    [Fact]
    public void Widths_half_lives_and_names_that_mean_nothing_are_refused()
    {
        foreach (var width in new[] { 0, -0.1, 0.29, double.NaN })
            FluentActions.Invoking(() => new PowerAverage(width)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("relativeWidth must be above 0*");
        foreach (var halfLife in new[] { 0, -1, double.PositiveInfinity })
            FluentActions.Invoking(() => new HalfLifeAverage(halfLife)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("halfLifeImages must be finite*");
        AverageOptions.Faults("Averages", [new PowerAverage(0.1), new PowerAverage(0.1), new HalfLifeAverage(1) { Name = "a/b" }]).Should().Equal(
            "Averages must have names of letters, digits, spaces and . - _ but one is 'a/b'.", "Averages must have a name each but 2 are 'power 0.1'.");
        AverageOptions.Faults("Averages", null).Should().ContainSingle();
    }

    private static void Fill(FlatParameters parameters, double value)
    {
        using var frozen = no_grad();
        parameters.Buffers[0].fill_(value);
    }
}
