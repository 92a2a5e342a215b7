using GanSharp.Training.Autoencoders;
using ScottPlot;

namespace GanSharp.Reporting;

/// <summary>A VAE's lower bound of ln p(x) over a run, and its two parts.</summary>
internal static class BoundPanel
{
    public static Plot Draw(IReadOnlyList<AutoencoderReport> reports)
    {
        var plot = PlotSheet.Panel("Lower bound of ln p(x), higher is better", "step", "nats per sample");
        PlotSheet.Line(plot, reports, report => report.Step, report => report.EvidenceLowerBound, Palette.Generator, "training batches, mean since the previous report");
        var measured = reports.Where(report => report.HeldOutBound is not null).ToArray();
        if (measured.Length > 0)
            PlotSheet.Band(plot, measured, report => report.Step, report => report.HeldOutBound!.Value, Palette.Divergence, "held-out data, 95% interval");
        PlotSheet.LegendBelow(plot);
        return plot;
    }

    public static Plot DrawParts(IReadOnlyList<AutoencoderReport> reports)
    {
        var plot = PlotSheet.Panel("KL(q(z | x) ‖ p(z)): what the latent vector says about the sample", "step", "nats per sample");
        PlotSheet.Line(plot, reports, report => report.Step, report => report.KullbackLeibler, Palette.Discriminator, "KL, mean since the previous report");
        PlotSheet.LegendBelow(plot);
        return plot;
    }
}
