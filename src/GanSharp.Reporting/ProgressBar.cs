using System.Diagnostics;
using System.Globalization;
using GanSharp.Training;
using GanSharp.Training.Runs;
using Spectre.Console;

namespace GanSharp.Reporting;

/// <summary>
/// Two lines at the foot of a terminal, drawn anew a few times a second. Spectre's own progress calls back into a delegate that does the work;
/// here the caller pulls the work, so the bar redraws itself from a timer.
/// </summary>
internal sealed class ProgressBar : IDisposable
{
    private const int TextWidth = 64, ShortestBar = 8, LongestBar = 40, RefreshMilliseconds = 200;
    private readonly TrainingRun run;
    private readonly IAnsiConsole console;
    private readonly Stopwatch elapsed = Stopwatch.StartNew();
    private readonly Lock drawing = new();
    private readonly Timer timer;
    private TrainingReport? latest;
    private int linesDrawn;
    private bool finished;

    public ProgressBar(TrainingRun run, IAnsiConsole console)
    {
        (this.run, this.console) = (run, console);
        console.Cursor.Hide();
        timer = new Timer(_ => Draw(), null, 0, RefreshMilliseconds);
    }

    public void Show(TrainingReport report)
    {
        latest = report;
        Draw();
    }

    public void Dispose()
    {
        timer.Dispose();
        Draw();
        lock (drawing)
            finished = true;
        console.Cursor.Show();
    }

    private void Draw()
    {
        lock (drawing)
        {
            if (finished)
                return;
            var step = run.CurrentStep;
            var share = Math.Clamp(1 - (run.LastStep - step) / (double)run.Steps, 0, 1);
            var width = Math.Clamp(console.Profile.Width - TextWidth, ShortestBar, LongestBar);
            var full = (int)(share * width);
            var lines = new List<string>
            {
                string.Create(CultureInfo.InvariantCulture,
                    $"[green]{new string('━', full)}[/][gray35]{new string('━', width - full)}[/] {share,4:0%}  step {step:N0} of {run.LastStep:N0}  "
                    + $"[gray]{latest?.SamplesPerSecond ?? 0:N0} samples/s[/]  {ConsoleProgress.Duration(ConsoleProgress.TimeLeft(run, step, elapsed.Elapsed))} left"),
            };
            if (latest is not null)
                lines.Add(Numbers(latest));
            if (linesDrawn > 0)
                console.Cursor.MoveUp(linesDrawn);
            foreach (var line in lines)
            {
                console.Write(new ControlCode("\r\u001b[2K"));
                // A line that wraps would break the count of lines to go up.
                var plain = Markup.Remove(line);
                console.Write(plain.Length < console.Profile.Width ? new Markup(line) : new Text(plain[..Math.Max(0, console.Profile.Width - 1)]));
                console.WriteLine();
            }
            linesDrawn = lines.Count;
        }
    }

    private static string Numbers(TrainingReport report) => report switch
    {
        StepReport game => Numbers(game),
        _ => $"[green]{report.Summary.EscapeMarkup()}[/]",
    };

    private static string Numbers(StepReport report)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"[blue]loss D {report.DiscriminatorLoss:0.000}[/]  [green]loss G {report.GeneratorLoss:0.000}[/]");
        if (report.Value is { } value)
            text += string.Create(CultureInfo.InvariantCulture, $"  V(D) {value:0.000}");
        if (report.Divergence is { Brief: { Length: > 0 } brief })
            text += $"  [purple]{brief.Replace(">=", "≥", StringComparison.Ordinal).EscapeMarkup()}[/]";
        if (report.Health is { } health)
            text += health.IsHealthy ? $"  [green]{health}[/]" : $"  [red]{health}[/]";
        return text;
    }
}
