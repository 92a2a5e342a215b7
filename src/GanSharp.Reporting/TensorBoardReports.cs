using GanSharp.Reporting.Pictures;
using GanSharp.Reporting.Runs;
using GanSharp.Reporting.TensorBoard;
using GanSharp.Training.Runs;
using static TorchSharp.torch;

namespace GanSharp.Reporting;

/// <summary>A run for TensorBoard.</summary>
public static class TensorBoardReports
{
    /// <summary>
    /// Passes the reports on and writes each into an event file, which <c>tensorboard --logdir</c> shows while the run goes on: losses as loss/discriminator and loss/generator, their terms as
    /// terms/…, what was estimated as estimates/js_bound_nats with _lower and _upper, metrics as metrics/…, the rate, samples as images, and as texts the headline, the run's health and its warnings,
    /// where they change. A run that was resumed goes on in the same folder: TensorBoard then shows its reports in place of earlier ones of the same steps.
    /// Another thread writes, and where that fails the run goes on. What is trained doesn't change, bit for bit.
    /// </summary>
    /// <param name="reports">The run.</param>
    /// <param name="folder">A folder for this run, inside of that which TensorBoard watches; made where it isn't there.</param>
    /// <param name="options">Samples to show, and limits; null for the defaults, without samples.</param>
    /// <typeparam name="TReport">The trainer's kind of report.</typeparam>
    /// <returns>The same reports in order. The event file is written while they are enumerated.</returns>
    /// <exception cref="ArgumentException">The folder is empty, or an option is out of its range.</exception>
    public static IEnumerable<TReport> WithTensorBoard<TReport>(this IEnumerable<TReport> reports, string folder, TensorBoardOptions? options = null)
        where TReport : TrainingReport
    {
        ArgumentNullException.ThrowIfNull(reports);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        options ??= new TensorBoardOptions();
        options.ThrowIfInvalid();
        return Write(reports, folder, options);
    }

    private static IEnumerable<TReport> Write<TReport>(IEnumerable<TReport> reports, string folder, TensorBoardOptions options)
        where TReport : TrainingReport
    {
        using var writer = new EventWriter(folder, options);
        var samples = options.Samples;
        var number = 0;
        foreach (var report in reports)
        {
            ImageBytes? images = null;
            if (samples is not null && (number % options.SamplesEveryReports == 0 || report.Step >= report.LastStep))
                try
                {
                    images = Images(samples);
                }
                // Samples that can't be shown are no reason to end a run, and wouldn't be better at the next report.
                catch (Exception exception)
                {
                    writer.Fail("The samples couldn't be taken for TensorBoard", exception);
                    samples = null;
                }
            number++;
            writer.Write(report.ToRecord(), images);
            yield return report;
        }
    }

    private static ImageBytes Images(Func<Tensor> samples)
    {
        using var scope = NewDisposeScope();
        return ImageBytes.Of(samples());
    }
}
