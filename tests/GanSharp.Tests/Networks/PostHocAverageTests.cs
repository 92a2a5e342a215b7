using FluentAssertions;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Optimization.Averages;
using GanSharp.Optimization.Flat;
using GanSharp.Safetensors;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Networks;

/// <summary>Averages that are put together after training from snapshots, against the same averages as they would have been kept.</summary>
public sealed class PostHocAverageTests : IDisposable
{
    private const int Steps = 1_000, Batch = 10;
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0.06, 10, 0.01)]
    [InlineData(0.15, 10, 0.03)]
    [InlineData(0.075, 50, 0.0004)]
    public void A_width_that_was_not_kept_comes_as_near_as_its_profile(double width, int times, double profileError)
    {
        using var path = new WeightPath([new PowerAverage(0.05), new PowerAverage(0.1), new PowerAverage(width) { Name = "kept" }]);
        path.Walk(Steps, Steps / times, folder.FullName);
        using var kept = path.ValuesOf("kept");
        // Only the two that a run would keep.
        foreach (var file in Directory.EnumerateFiles(folder.FullName, "kept*"))
            File.Delete(file);

        var fit = path.Network.LoadPostHocAverage(folder.FullName, width);

        (fit.Snapshots.Count, fit.Images, fit.RelativeWidth).Should().Be((2 * times, (double)Steps * Batch, width));
        fit.RelativeError.Should().BeInRange(profileError / 10, profileError);
        fit.Snapshots.Sum(snapshot => snapshot.Weight).Should().BeApproximately(1, 1e-12);
        // |∫ (p − q) θ dt| ≤ ‖p − q‖ ‖θ − c‖ for any c, because both profiles have the mass 1; and steps of 1/1000 of the path each instead of a path.
        using var now = path.Values();
        using var difference = (now - kept).abs();
        var length = Math.Sqrt(PowerNorm(width));
        difference.max().item<double>().Should().BeLessThan(fit.RelativeError * length * WeightPath.Spread + 2e-4);
    }

    [Fact]
    public void Snapshots_after_the_time_asked_for_take_no_part()
    {
        using var path = new WeightPath([new PowerAverage(0.05), new PowerAverage(0.1)]);
        path.Walk(Steps, 100, folder.FullName);
        using var atEnd = path.ValuesOf("power 0.1");

        var fit = path.Network.LoadPostHocAverage(folder.FullName, 0.1);
        using var whole = path.Values();
        (whole - atEnd).abs().max().item<double>().Should().BeLessThan(1e-9, "one that was kept is itself");
        fit.RelativeError.Should().BeLessThan(1e-6);

        PostHocAverage.Fit(folder.FullName, 0.1, images: 5_000).Should().Match<PostHocFit>(it => it.Images == 5_000 && it.Snapshots.Count == 10 && it.RelativeError < 1e-6);
    }

    [Fact]
    public void A_folder_without_snapshots_in_time_of_several_runs_or_of_another_network_is_refused()
    {
        using var path = new WeightPath([new PowerAverage(0.1)]);
        path.Network.Invoking(it => it.LoadPostHocAverage(folder.FullName, 0.1)).Should().Throw<ArgumentException>().WithMessage("folder must hold snapshots of SaveAverages but * holds none*");
        path.Network.SaveWeights(Path.Combine(folder.FullName, "other.safetensors"));
        path.Walk(4, 2, folder.FullName);
        path.Network.Invoking(it => it.LoadPostHocAverage(folder.FullName, 0.1, images: 5)).Should().Throw<ArgumentException>().WithMessage("*of at most 5 images but * holds the first at 20*");
        path.Network.Invoking(it => it.LoadPostHocAverage(folder.FullName, 0.1, images: 0)).Should().Throw<ArgumentOutOfRangeException>();
        path.Network.Invoking(it => it.LoadPostHocAverage(folder.FullName, 0.3)).Should().Throw<ArgumentOutOfRangeException>();
        using var larger = new MlpGenerator(1, 3, 1);
        larger.Invoking(it => it.LoadPostHocAverage(folder.FullName, 0.1)).Should().Throw<WeightsMismatchException>();

        using (var other = new WeightPath([new PowerAverage(0.1)]))
            other.Walk(6, 6, folder.FullName, run: "another");
        path.Network.Invoking(it => it.LoadPostHocAverage(folder.FullName, 0.1)).Should().Throw<ArgumentException>().WithMessage("folder must hold snapshots of one run*");
    }

    [Fact]
    public void A_snapshot_is_a_file_of_weights_and_reading_leaves_no_tensor_behind()
    {
        using var path = new WeightPath([new PowerAverage(0.1)]);
        path.Walk(2, 2, folder.FullName);
        var file = Directory.EnumerateFiles(folder.FullName).Single();
        Path.GetFileName(file).Should().Be("power 0.1-000000000020.safetensors");

        path.Network.LoadWeights(file);

        LiveTensors.Grown(() => path.Network.LoadPostHocAverage(folder.FullName, 0.1)).Should().Be(0);
        File.WriteAllBytes(file, [1, 2, 3]);
        path.Network.Invoking(it => it.LoadPostHocAverage(folder.FullName, 0.1)).Should().Throw<InvalidSafetensorsException>();
    }

    private static double PowerNorm(double width) => new PowerProfile(new PowerAverage(width).Exponent, 1) is var profile ? profile.Dot(profile) : 0;

    /// <summary>A network in float64 whose weights follow smooth paths from step to step.</summary>
    private sealed class WeightPath : IDisposable
    {
        /// <summary>Largest L2 norm over the time [0, 1] of a path less its mean: a sine of whole periods has 1/√2.</summary>
        public const double Spread = 0.75;

        private readonly FlatParameters parameters;
        private readonly AverageSet averages;

        public WeightPath(AverageOptions[] kept)
        {
            Network = new MlpGenerator(1, 2, 1);
            Network.to(ScalarType.Float64);
            parameters = new FlatParameters(Network);
            averages = new AverageSet(Network, parameters, null, kept);
        }

        public MlpGenerator Network { get; }

        public void Walk(int steps, int every, string folder, string run = "one")
        {
            using var frozen = no_grad();
            for (var step = 1; step <= steps; step++)
            {
                using var scope = NewDisposeScope();
                var frequency = arange(parameters.Buffers[0].numel(), ScalarType.Float64) % 5 + 1;
                parameters.Buffers[0].copy_((frequency * (2 * Math.PI * step / steps)).sin());
                averages.Update(Batch);
                if (step % every == 0)
                    AverageSnapshot.SaveAll(Network, averages, folder, run);
            }
        }

        public Tensor ValuesOf(string name)
        {
            using var applied = averages.Apply(name);
            return Values();
        }

        /// <summary>Not the flat buffer, which is padded.</summary>
        public Tensor Values() => cat([.. Network.parameters().Select(parameter => parameter.detach().flatten())]);

        public void Dispose()
        {
            averages.Dispose();
            parameters.Dispose();
            Network.Dispose();
        }
    }
}
