using System.Globalization;
using GanSharp.Estimates;

namespace GanSharp.Metrics.Models;

/// <summary>The result of <see cref="ParzenWindow.Measure"/>.</summary>
/// <param name="LogLikelihood">
/// Mean log density of the test samples in nats, with a 95% interval: what other test samples would change, and, by a jackknife over tenths, what other generated samples would.
/// </param>
/// <param name="StandardError">The test samples' standard deviation divided by √N, the error that Goodfellow et al. print. It leaves out what other generated samples would change.</param>
/// <param name="Bandwidth">σ, the best of the grid on the validation samples, in the samples' unit.</param>
/// <param name="ValidationLogLikelihood">Mean log density of the validation samples with this σ, in nats. It is too high on average, because σ was chosen by it.</param>
public sealed record ParzenEstimate(Estimate LogLikelihood, double StandardError, double Bandwidth, double ValidationLogLikelihood)
{
    /// <summary>"-1.4312 ± 0.0312 nats (bandwidth 0.21)".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{LogLikelihood} nats (bandwidth {Bandwidth:g3})");
}
