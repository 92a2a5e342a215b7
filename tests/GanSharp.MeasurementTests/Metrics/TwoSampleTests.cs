using FluentAssertions;
using GanSharp.Metrics.TwoSample;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics;

/// <summary>What holds of every two-sample test that reads samples alone.</summary>
public sealed class TwoSampleTests
{
    private static readonly Dictionary<string, Func<Tensor, Tensor, TwoSampleOptions?, TwoSampleResult>> Tests = new()
    {
        ["1-NN"] = (real, fake, options) => NearestNeighborTest.Measure(real, fake, options).Test,
        ["MMD"] = (real, fake, options) => MaximumMeanDiscrepancy.Measure(real, fake, null, options),
        ["energy"] = EnergyDistance.Measure,
        ["sliced W"] = (real, fake, options) => SlicedWasserstein.Measure(real, fake, 8, options),
    };

    public static TheoryData<string> Names => [.. Tests.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Equal_distributions_are_rejected_as_often_as_the_level_says(string name)
    {
        const int Repetitions = 500;
        using var scope = NewDisposeScope();
        manual_seed(1);
        var samples = randn(Repetitions, 45, 2);

        var rejections = Enumerable.Range(0, Repetitions).Count(repetition =>
        {
            using var inner = NewDisposeScope();
            // Unequal sides, because a mistake in a weight shows there only.
            var (real, fake) = (samples[repetition].narrow(0, 0, 25), samples[repetition].narrow(0, 25, 20));
            return Tests[name](real, fake, new() { Permutations = 39, Seed = repetition }).PValue <= 0.05;
        });

        // 5% of 500 is 25, three standard errors of 4.9 about it; the ties of 1-NN's two-sided p-value make it careful, and never bold.
        rejections.Should().BeInRange(name == "1-NN" ? 3 : 25 - 15, 25 + 15);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_shift_is_found(string name)
    {
        using var scope = NewDisposeScope();
        manual_seed(2);
        var (real, fake) = (randn(150, 2), randn(150, 2) + tensor(new[] { 1f, 0 }));

        var result = Tests[name](real, fake, null);

        result.PValue.Should().BeLessThan(0.02);
        result.Should().Be(Tests[name](real, fake, null), "the same seed gives the same permutations");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_smallest_p_value_counts_the_true_labels_as_one_permutation(string name)
    {
        using var scope = NewDisposeScope();
        manual_seed(3);

        var result = Tests[name](randn(30, 1), randn(40, 1) + 50, new() { Permutations = 99 });

        // Two-sided, the smallest is twice as large.
        result.PValue.Should().Be(name == "1-NN" ? 0.02 : 0.01);
        (result.Permutations, result.RealCount, result.FakeCount).Should().Be((99, 30, 40));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Samples_of_any_shape_are_flattened_and_an_offset_changes_nothing(string name)
    {
        using var scope = NewDisposeScope();
        manual_seed(4);
        var (real, fake) = (randn([40, 12], float64), randn([40, 12], float64));

        var flat = Tests[name](real, fake, null);
        var images = Tests[name](real.view(40, 3, 2, 2) + 1e6, fake.view(40, 3, 2, 2) + 1e6, null);

        images.Statistic.Should().BeApproximately(flat.Statistic, 1e-6);
        images.PValue.Should().Be(flat.PValue);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_subsample_keeps_large_sets_within_the_limit(string name)
    {
        using var scope = NewDisposeScope();
        var (real, fake) = (rand(10_001, 1), rand(60, 1));
        var whole = () => Tests[name](real, fake, null);

        whole.Should().Throw<ArgumentException>().WithMessage("real must hold at most *,*but holds 10001; set TwoSampleOptions.Subsample to * or less.*");
        var result = Tests[name](real, fake, new() { Subsample = 100 });
        (result.RealCount, result.FakeCount).Should().Be((100, 60));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Samples_that_cannot_be_compared_are_refused_by_name(string name)
    {
        using var scope = NewDisposeScope();
        Action With(Tensor real, Tensor fake) => () => Tests[name](real, fake, null);

        With(zeros(5), zeros(5, 1)).Should().Throw<ArgumentException>().WithMessage("real must have shape [N, …] with at least 2 samples but has shape [5].*");
        With(zeros(5, 2), zeros(1, 2)).Should().Throw<ArgumentException>().WithMessage("fake must have shape [N, …] with at least 2 samples but has shape [1, 2].*");
        With(zeros(5, 2), zeros(5, 3)).Should().Throw<ArgumentException>().WithMessage("fake must hold samples of shape [2] like real but holds samples of shape [3].*");
        With(zeros([5, 2], int64), zeros(5, 2)).Should().Throw<ArgumentException>().WithMessage("real must hold floating-point values but holds Int64.*");
        With(rand(5, 2), full([5, 2], double.NaN)).Should().Throw<ArgumentException>().WithMessage("fake must be finite but holds NaN or infinity.*");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void No_tensor_is_left_behind(string name)
    {
        using var scope = NewDisposeScope();
        var (real, fake, other) = (rand(30, 2), rand(40, 2), rand(5, 3));
        Tests[name](real, fake, null);
        var before = LiveTensors.Settled();

        for (var repetition = 0; repetition < 5; repetition++)
        {
            Tests[name](real, fake, new() { Subsample = 20 });
            FluentActions.Invoking(() => Tests[name](real, other, null)).Should().Throw<ArgumentException>();
        }

        Tensor.TotalCount.Should().Be(before);
    }

    [Fact]
    public void Every_fault_of_the_options_is_listed()
    {
        var measure = () => EnergyDistance.Measure(zeros(5, 1), zeros(5, 1), new() { Permutations = 9, Subsample = 1 });

        measure.Should().Throw<ArgumentException>().WithMessage(string.Join(Environment.NewLine,
            "The options of the two-sample test are invalid:",
            "- Permutations must be at least 19, or no p-value can reach 0.05, but is 9.",
            "- Subsample must be at least 2, or null for all samples, but is 1."));
    }

    [Fact]
    public void A_result_reads_as_a_sentence() =>
        new TwoSampleResult(0.17726763, 0.002, 499, 1000, 900).ToString()
            .Should().Be("0.1773, p = 0.002 (499 permutations, 1000 real and 900 generated samples)");
}
