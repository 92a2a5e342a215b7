using System.Text.Json.Serialization;
using GanSharp.Estimates;
using GanSharp.Randomness;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Calibration;

/// <summary>
/// Whether D's probabilities match frequencies: of the samples that D calls real with a probability of 70%, 70% should be real. Both classes have the same weight, whatever their
/// sample counts, as π = ½ requires. To calibrate logits that fail, see <see cref="PlattScaling"/>.
/// </summary>
public sealed record CalibrationReport
{
    private const int Simulations = 10_000;

    [JsonConstructor]
    internal CalibrationReport()
    {
    }

    /// <summary>
    /// ECE: the mean distance between a bin's mean prediction and its observed fraction (Naeini, Cooper and Hauskrecht 2015). Biased up: a perfect D still
    /// scores <see cref="CalibratedError"/> on average, so report <see cref="ExcessError"/>.
    /// </summary>
    public required double ExpectedError { get; init; }

    /// <summary>
    /// The ECE for labels drawn with exactly D's probabilities: its mean, and the range of 95% of 10,000 simulations. The simulated class counts vary
    /// while the sampled ones are fixed, which makes the mean up to 5% too high.
    /// </summary>
    public required Estimate CalibratedError { get; init; }

    /// <summary>ECE minus its mean when calibrated: scattered around 0 where D is calibrated.</summary>
    public double ExcessError => ExpectedError - CalibratedError.Value;

    /// <summary>Whether ECE is no larger than in 97.5% of the simulations of a calibrated D.</summary>
    public bool IsCalibrated => ExpectedError <= CalibratedError.Upper;

    /// <summary>½ E_pd[(1 − D)²] + ½ E_pg[D²] (Brier 1950) with its normal 95% interval: 0 is perfect, ¼ is that of D = ½. A proper score, smallest at D*.</summary>
    public required Estimate BrierScore { get; init; }

    /// <summary>Murphy's (1973) first part: mean squared distance of the bins' predictions from their observed fractions. 0 where calibrated.</summary>
    public required double Reliability { get; init; }

    /// <summary>Murphy's second part: variance of the bins' observed fractions. 0 where D is uninformative, at most <see cref="Uncertainty"/>.</summary>
    public required double Resolution { get; init; }

    /// <summary>
    /// Murphy's third part: variance of the labels, ¼ at π = ½. Reliability − Resolution + Uncertainty is the Brier score of D rounded to its bins' means;
    /// it differs from <see cref="BrierScore"/> by the variation within the bins.
    /// </summary>
    public const double Uncertainty = 0.25;

    /// <summary>The reliability curve, in order of prediction, empty bins left out.</summary>
    public required IReadOnlyList<ReliabilityBin> Curve { get; init; }

    /// <summary>Measures calibration with bins of equal width.</summary>
    /// <param name="realLogRatios">D's ln p_d/p_g at real samples that D was not trained on, shape [N], N ≥ 2.</param>
    /// <param name="fakeLogRatios">The same at fresh generated samples, shape [M], M ≥ 2.</param>
    /// <param name="bins">Number of bins of [0, 1], at least 2. Default 15, as in Guo et al. 2017.</param>
    /// <param name="seed">Determines the simulated labels. Default 0.</param>
    /// <returns>The errors as probabilities from 0 to 1, beside what a calibrated D would get by chance.</returns>
    /// <exception cref="ArgumentException">Fewer than two samples per side, or NaN among the log ratios.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="bins"/> is below 2.</exception>
    public static CalibrationReport Measure(Tensor realLogRatios, Tensor fakeLogRatios, int bins = 15, long seed = 0)
    {
        WeightedMeans.ThrowIfTooFew(realLogRatios, fakeLogRatios);
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 2);
        using var scope = NewDisposeScope();
        var logits = cat([realLogRatios.flatten(), fakeLogRatios.flatten()]).to(ScalarType.Float64).cpu();
        if (logits.isnan().any().item<bool>())
            throw new ArgumentException("The log ratios must be numbers but hold NaN.", nameof(realLogRatios));
        var (realCount, fakeCount) = (realLogRatios.numel(), fakeLogRatios.numel());
        var predictions = logits.sigmoid();
        var labels = cat([ones(realCount, ScalarType.Float64), zeros(fakeCount, ScalarType.Float64)]);
        var weights = cat([full(realCount, 0.5 / realCount, ScalarType.Float64), full(fakeCount, 0.5 / fakeCount, ScalarType.Float64)]);
        var squaredErrors = (predictions - labels).square();
        var bin = (predictions * bins).to(ScalarType.Int64).clamp(max: bins - 1);
        var membership = nn.functional.one_hot(bin, bins).to(ScalarType.Float64).t();
        double[] PerBin(Tensor values) => membership.matmul(values).data<double>().ToArray();

        var (mass, squaredMass, count) = (PerBin(weights), PerBin(weights.square()), PerBin(ones_like(weights)));
        var (predicted, observed) = (PerBin(weights * predictions), PerBin(weights * labels));
        double SumOverBins(Func<int, double> term) => Enumerable.Range(0, bins).Where(index => count[index] > 0).Sum(term);
        var share = Math.Log((double)realCount / fakeCount);
        return new CalibrationReport
        {
            ExpectedError = SumOverBins(index => Math.Abs(predicted[index] - observed[index])),
            CalibratedError = Simulate(predictions, (logits + share).sigmoid(), membership, realCount, fakeCount, seed),
            BrierScore = new WeightedMeans(0, (0.5, squaredErrors.narrow(0, 0, realCount)), (0.5, squaredErrors.narrow(0, realCount, fakeCount))).Normal(),
            Reliability = SumOverBins(index => Math.Pow(predicted[index] - observed[index], 2) / mass[index]),
            Resolution = SumOverBins(index => mass[index] * Math.Pow(observed[index] / mass[index] - 0.5, 2)),
            Curve = [.. Enumerable.Range(0, bins).Where(index => count[index] > 0).Select(index => new ReliabilityBin(
                predicted[index] / mass[index],
                Proportion.Wilson(observed[index] / mass[index], mass[index] * mass[index] / squaredMass[index], (long)count[index]),
                (long)count[index]))],
        };
    }

    /// <summary>"ECE 0.0213 (0.0209 when calibrated), Brier 0.1990".</summary>
    public override string ToString() =>
        FormattableString.Invariant($"ECE {ExpectedError:0.0000} ({CalibratedError.Value:0.0000} when calibrated), Brier {BrierScore.Value:0.0000}");

    /// <summary>
    /// The ECE for labels that are real with the given probabilities, which are D's, adjusted to the classes' counts instead of π = ½.
    /// A bin's error is a sum of independent terms, so it is drawn directly from a normal distribution with its mean and variance.
    /// </summary>
    private static Estimate Simulate(Tensor predictions, Tensor probabilities, Tensor membership, long realCount, long fakeCount, long seed)
    {
        using var scope = NewDisposeScope();
        using var random = SeededRandom.Create(seed, "calibrated labels");
        var (asReal, asFake) = ((1 - predictions) / (2 * realCount), -predictions / (2 * fakeCount));
        var mean = membership.matmul(asFake + probabilities * (asReal - asFake)).unsqueeze(1);
        var variance = membership.matmul(probabilities * (1 - probabilities) * (asReal - asFake).square()).unsqueeze(1);
        var errors = (mean + variance.sqrt() * randn([mean.shape[0], Simulations], ScalarType.Float64, generator: random)).abs().sum([0]);
        double Quantile(double share) => errors.quantile(tensor(share)).item<double>();
        return new Estimate(errors.mean().item<double>(), Quantile(0.025), Quantile(0.975), Math.Min(realCount, fakeCount));
    }
}
