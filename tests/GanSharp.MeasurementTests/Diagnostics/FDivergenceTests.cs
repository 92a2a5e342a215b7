using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Divergences;
using GanSharp.Estimates;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class FDivergenceTests(ITestOutputHelper output)
{
    // N(0, 1) against N(0.5, 1), from thirty-digit quadrature; α = −1 and ½ follow from Neyman's and Hellinger's.
    public static readonly TheoryData<string, double> References = new()
    {
        { "KL", 0.125 },
        { "reverse KL", 0.125 },
        { "Jeffreys", 0.25 },
        { "Pearson χ²", 0.2840254167 },
        { "Neyman χ²", 0.2840254167 },
        { "squared Hellinger", 0.0615335310 },
        { "total variation", 0.1974126514 },
        { "Jensen-Shannon", 0.0303113005 },
        { "α-divergence (α = 1.5)", 0.1310468537 },
        { "α-divergence (α = -1)", 0.2840254167 / 2 },
        { "α-divergence (α = 0.5)", 2 * 0.0615335310 },
    };

    private static readonly FDivergence[] Table =
    [
        FDivergence.KullbackLeibler, FDivergence.ReverseKullbackLeibler, FDivergence.Jeffreys, FDivergence.PearsonChiSquared, FDivergence.NeymanChiSquared,
        FDivergence.SquaredHellinger, FDivergence.TotalVariation, FDivergence.JensenShannon, FDivergence.Alpha(1.5), FDivergence.Alpha(-1), FDivergence.Alpha(0.5),
    ];

    [Theory]
    [MemberData(nameof(References))]
    public void Quadrature_agrees_with_the_reference_on_the_line_and_in_the_plane(string name, double expected)
    {
        using var data = Mixtures.Normal();
        using var generator = Mixtures.Normal(0.5);
        using var dataInPlane = new GaussianMixture([new Gaussian([0, 0], 1)]);
        using var generatorInPlane = new GaussianMixture([new Gaussian([0.3, 0.4], 1)]);

        Named(name).Quadrature(data, generator).Should().BeApproximately(expected, 1e-9);
        Named(name).Quadrature(dataInPlane, generatorInPlane).Should().BeApproximately(expected, 1e-9);
    }

    [Fact]
    public void Total_variation_and_Hellinger_agree_with_every_reference_to_1e_9()
    {
        foreach (var pair in ReferencePairs.OnTheLine())
            using (pair)
            {
                FDivergence.JensenShannon.Quadrature(pair.Data, pair.Generator).Should().BeApproximately(pair.Js, 1e-9, pair.Name);
                if (!double.IsNaN(pair.TotalVariation))
                    FDivergence.TotalVariation.Quadrature(pair.Data, pair.Generator).Should().BeApproximately(pair.TotalVariation, 1e-9, pair.Name);
                if (!double.IsNaN(pair.SquaredHellinger))
                    FDivergence.SquaredHellinger.Quadrature(pair.Data, pair.Generator).Should().BeApproximately(pair.SquaredHellinger, 1e-9, pair.Name);
            }
    }

    [Fact]
    public void What_is_symmetric_is_and_what_mirrors_another_does()
    {
        using var p = Mixtures.Normal();
        using var q = Mixtures.Normal(0.4, 1.05);
        double Of(FDivergence divergence, bool swap = false) => swap ? divergence.Quadrature(q, p) : divergence.Quadrature(p, q);
        void Equal(double left, double right) => left.Should().BeApproximately(right, 1e-10);

        Equal(Of(FDivergence.KullbackLeibler), Of(FDivergence.ReverseKullbackLeibler, swap: true));
        Equal(Of(FDivergence.Jeffreys), Of(FDivergence.KullbackLeibler) + Of(FDivergence.ReverseKullbackLeibler));
        Equal(Of(FDivergence.PearsonChiSquared), Of(FDivergence.NeymanChiSquared, swap: true));
        foreach (var symmetric in new[] { FDivergence.JensenShannon, FDivergence.TotalVariation, FDivergence.SquaredHellinger, FDivergence.Jeffreys })
            Equal(Of(symmetric), Of(symmetric, swap: true));
        Equal(Of(FDivergence.Alpha(2)), Of(FDivergence.PearsonChiSquared) / 2);
        Equal(Of(FDivergence.Alpha(-1)), Of(FDivergence.NeymanChiSquared) / 2);
        Equal(Of(FDivergence.Alpha(0.5)), 2 * Of(FDivergence.SquaredHellinger));
        Of(FDivergence.Alpha(1.0001)).Should().BeApproximately(Of(FDivergence.KullbackLeibler), 1e-4);
        Of(FDivergence.Alpha(0.0001)).Should().BeApproximately(Of(FDivergence.ReverseKullbackLeibler), 1e-4);
        // KL(N(0, 1)‖N(m, s²)) = ln s + (1 + m²) / 2s² − ½.
        Equal(Of(FDivergence.KullbackLeibler), Math.Log(1.05) + (1 + 0.16) / (2 * 1.05 * 1.05) - 0.5);
    }

    [Theory]
    [MemberData(nameof(References))]
    public void At_the_true_ratio_estimate_and_bound_are_tight(string name, double expected)
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(0.5, 40_000, seed: 4);
        var (plugIn, bound) = (Named(name).PlugIn(real, fake), Named(name).LowerBound(real, fake));
        output.WriteLine($"{name}: {expected:0.0000}, plug-in {plugIn}, bound {bound}");

        // An interval's half is two standard errors.
        plugIn.Value.Should().BeApproximately(expected, plugIn.Upper - plugIn.Lower);
        bound.Value.Should().BeApproximately(expected, bound.Upper - bound.Lower);
        (plugIn.Upper - plugIn.Lower).Should().BeLessThan(bound.Upper - bound.Lower);
        plugIn.SampleCount.Should().Be(40_000);
    }

    [Theory]
    [MemberData(nameof(References))]
    public void At_wrong_logits_the_bound_stays_below_the_truth(string name, double expected)
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(0.5, 20_000, seed: 5);
        foreach (var (scale, shift) in new[] { (0.5, 0.0), (1.5, 0), (2, 0), (1, 0.3), (1, -0.3), (-1, 0), (0, 0) })
        {
            // Overconfident logits can make the tails of χ² too heavy for an interval.
            var bound = Given(() => Named(name).LowerBound(real * scale + shift, fake * scale + shift));
            (bound?.Lower ?? double.NegativeInfinity).Should().BeLessThanOrEqualTo(expected, $"scale {scale}, shift {shift}");
            (bound is not null || scale > 1).Should().BeTrue($"scale {scale}, shift {shift}");
        }
        Named(name).LowerBound(real * 0, fake * 0).Value.Should().BeApproximately(0, 1e-12);
    }

    [Fact]
    public void The_bound_exceeds_the_truth_no_oftener_than_its_interval_allows()
    {
        using var scope = NewDisposeScope();
        const int Repeats = 200;
        var (real, fake) = ShiftedNormals.LogRatios(0.5, Repeats, 600, 600, seed: 6);
        foreach (var divergence in Table)
        {
            var truth = References.Single(row => row.Data.Item1 == divergence.Name).Data.Item2;
            var given = Enumerable.Range(0, Repeats).Select(row =>
            {
                using var repeat = NewDisposeScope();
                return Given(() => divergence.LowerBound(real[row], fake[row]));
            }).OfType<Estimate>().ToArray();
            var above = given.Count(bound => bound.Lower > truth);
            output.WriteLine($"{divergence.Name}: {given.Length} given, {above} above");
            given.Length.Should().BeGreaterThan(divergence.Name.Contains('χ') || divergence.Name.Contains("-1") ? Repeats / 3 : Repeats * 9 / 10, divergence.Name);

            // 2.5% of 200 and four standard errors of 2.2.
            above.Should().BeLessThanOrEqualTo(13, divergence.Name);
        }
    }

    [Fact]
    public void The_plug_in_is_far_more_precise_than_the_textbook_mean_over_the_generator()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(1, 20_000, seed: 7);
        var plugIn = FDivergence.KullbackLeibler.PlugIn(real, fake);
        var textbook = new WeightedMeans(0, (1, fake.exp() * fake)).Normal();

        plugIn.Value.Should().BeApproximately(0.5, plugIn.Upper - plugIn.Lower);
        (plugIn.Upper - plugIn.Lower).Should().BeLessThan((textbook.Upper - textbook.Lower) / 5);
    }

    [Fact]
    public void No_logit_overflows_where_the_divergence_is_bounded()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = (full(10, 1e4f), full(10, -1e4f));

        FDivergence.JensenShannon.PlugIn(real, fake).Value.Should().BeApproximately(Math.Log(2), 1e-12);
        FDivergence.JensenShannon.LowerBound(real, fake).Value.Should().BeApproximately(Math.Log(2), 1e-12);
        FDivergence.TotalVariation.PlugIn(real, fake).Value.Should().Be(1);
        FDivergence.SquaredHellinger.PlugIn(real, fake).Value.Should().Be(2);
        // ½ (2 · 10⁴ − 2) from the real side and 1 from the other.
        FDivergence.KullbackLeibler.PlugIn(real, fake).Value.Should().BeApproximately(1e4, 1e-8);
        FDivergence.ReverseKullbackLeibler.PlugIn(real, fake).Value.Should().BeApproximately(1e4, 1e-8);
        FDivergence.Alpha(0.5).PlugIn(real, fake).Value.Should().BeApproximately(4, 1e-12);
    }

    [Fact]
    public void A_mean_that_a_few_samples_dominate_is_refused_with_the_way_out()
    {
        using var scope = NewDisposeScope();
        var (real, fake) = ShiftedNormals.LogRatios(3, 2_000);
        foreach (var unbounded in Table.Except([FDivergence.JensenShannon, FDivergence.TotalVariation, FDivergence.SquaredHellinger, Named("α-divergence (α = 0.5)")]))
        {
            var bound = () => unbounded.LowerBound(real, fake);
            bound.Should().Throw<DiagnosticRefusedException>(unbounded.Name)
                .WithMessage($"The lower bound of {unbounded.Name} averages e^(* samples, of which only * count (effective sample size), fewer than 100.*Jensen-Shannon*");
        }
        var plugIn = () => FDivergence.PearsonChiSquared.PlugIn(real, fake);
        plugIn.Should().Throw<DiagnosticRefusedException>();

        FDivergence.JensenShannon.LowerBound(real, fake).Value.Should().BeApproximately(0.52677730652137, 0.02);
        FDivergence.TotalVariation.LowerBound(real, fake).Value.Should().BeApproximately(0.86638559746228, 0.03);
        // KL(N(0, 1)‖N(3, 1)) = 4.5: the plug-in's weights are bounded.
        FDivergence.KullbackLeibler.PlugIn(real, fake).Value.Should().BeApproximately(4.5, 0.2);
        var overflowing = () => FDivergence.KullbackLeibler.LowerBound(full(200, 1e3), full(200, 1e3));
        overflowing.Should().Throw<DiagnosticRefusedException>().WithMessage("KL is not finite at these logits*");
    }

    [Fact]
    public void A_dual_whose_terms_have_no_variance_is_refused_by_its_tail_and_given_at_clipped_logits()
    {
        using var scope = NewDisposeScope();
        var pair = new GaussianPair(1.7, 0.8, -0.4, 1.9);
        var (reals, fakes, _) = pair.Draw(1, 10_000, seed: 2);
        var (real, fake) = (reals[0], fakes[0]);
        var bound = () => FDivergence.ReverseKullbackLeibler.LowerBound(real, fake);

        bound.Should().Throw<DiagnosticRefusedException>().WithMessage("The lower bound of reverse KL has no interval: the tail of e^(-1·l) over 10000 real samples is too heavy *"
            + "(Pareto k̂ = 0.*, above 0.70). Two distributions can have such tails at the true ratio, so this says nothing against D. Clip the logits (logitLimit), *");
        var clipped = FDivergence.ReverseKullbackLeibler.LowerBound(real, fake, logitLimit: 2);
        var (data, generator) = pair.Expectations(l => -(-l.clamp(-2, 2)).exp(), l => l.clamp(-2, 2) - 1);
        clipped.Lower.Should().BeLessThan(data - generator).And.BeGreaterThan(0.5);
        clipped.Upper.Should().BeGreaterThan(data - generator).And.BeLessThan(4.901);
        // The other side's terms are bounded.
        FDivergence.KullbackLeibler.LowerBound(real, fake).Value.Should().BeApproximately(1.0644, 0.05);
        FDivergence.SquaredHellinger.LowerBound(real, fake).Value.Should().BeGreaterThan(0);
        FluentActions.Invoking(() => FDivergence.KullbackLeibler.LowerBound(real, fake, 0)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("logitLimit must be above 0.*");
    }

    [Fact]
    public void An_infinite_divergence_of_known_densities_is_refused()
    {
        using var wide = Mixtures.Normal();
        using var narrow = Mixtures.Normal(0, 0.5);
        using var far = Mixtures.Normal(6);
        var infinite = () => FDivergence.PearsonChiSquared.Quadrature(wide, narrow);
        var beyond = () => FDivergence.PearsonChiSquared.Quadrature(wide, far);

        infinite.Should().Throw<DiagnosticRefusedException>().WithMessage("The integrand has not vanished where both densities have*");
        beyond.Should().Throw<DiagnosticRefusedException>();
        FDivergence.KullbackLeibler.Quadrature(wide, far).Should().BeApproximately(18, 1e-9);
    }

    private static Estimate? Given(Func<Estimate> estimate)
    {
        try
        {
            return estimate();
        }
        catch (DiagnosticRefusedException)
        {
            return null;
        }
    }

    private static FDivergence Named(string name) => Table.Single(divergence => divergence.Name == name);
}
