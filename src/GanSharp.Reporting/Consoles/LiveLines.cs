using System.Diagnostics;
using System.Text;
using GanSharp.Training.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace GanSharp.Reporting.Consoles;

/// <summary>
/// A few lines at the foot of a terminal, drawn anew a few times a second. Spectre's own live display calls back into a delegate that does the work, and refuses a second one beside it; here the
/// caller pulls the work, so this one redraws itself from a timer. Each drawing is one write that ends with plain text below the lines, and the cursor is never hidden: whatever ends the process,
/// the terminal is as it was.
/// </summary>
internal sealed class LiveLines : IReportDisplay
{
    private const int RefreshMilliseconds = 200;
    private const string ClearToEndOfLine = "\u001b[K", ClearBelow = "\u001b[J";
    private static LiveLines? current;
    private readonly TrainingRun run;
    private readonly IAnsiConsole console;
    private readonly ConsoleVerbosity verbosity;
    private readonly Stopwatch elapsed = Stopwatch.StartNew();
    private readonly Lock drawing = new();
    private readonly Timer timer;
    private TrainingReport? latest;
    private int[] drawn = [];
    private bool finished;

    public LiveLines(TrainingRun run, IAnsiConsole console, ConsoleVerbosity verbosity)
    {
        (this.run, this.console, this.verbosity) = (run, console, verbosity);
        current = this;
        timer = new Timer(_ => Draw(), null, 0, RefreshMilliseconds);
    }

    /// <summary>Writes something else to the terminal: the lines stay where they are, and go on below it.</summary>
    public static void Interject(Action write)
    {
        if (current is not { } display)
        {
            write();
            return;
        }
        lock (display.drawing)
        {
            write();
            display.drawn = [];
        }
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
        Interlocked.CompareExchange(ref current, null, this);
    }

    private void Draw()
    {
        lock (drawing)
        {
            if (finished)
                return;
            try
            {
                Write(DisplayLines.Of(console, verbosity, State(), latest));
            }
            catch (IOException)
            {
                // Nobody looks any more, and the run is worth more than its picture.
                finished = true;
            }
        }
    }

    private ProgressState State()
    {
        var step = run.CurrentStep;
        var share = run.Steps == 0 ? 1 : Math.Clamp(1 - (run.LastStep - step) / (double)run.Steps, 0, 1);
        return new(step, run.LastStep, share, ConsoleProgress.SecondsLeft(run, step, elapsed.Elapsed), latest?.SamplesPerSecond);
    }

    private void Write(List<SegmentLine> lines)
    {
        // A terminal that became narrower has wrapped the lines.
        var rows = drawn.Sum(length => Math.Max(1, (length + console.Profile.Width - 1) / Math.Max(1, console.Profile.Width)));
        var text = new StringBuilder(rows > 0 ? $"\r\u001b[{rows}A" : "\r");
        foreach (var line in lines)
            text.Append(console.ToAnsi(new Drawn(line))).Append(ClearToEndOfLine).Append(Environment.NewLine);
        text.Append(ClearBelow);
        console.Profile.Out.Writer.Write(text.ToString());
        console.Profile.Out.Writer.Flush();
        drawn = [.. lines.Select(line => line.CellCount())];
    }

    private sealed class Drawn(SegmentLine line) : IRenderable
    {
        public Measurement Measure(RenderOptions options, int maxWidth) => new(0, maxWidth);

        public IEnumerable<Segment> Render(RenderOptions options, int maxWidth) => line;
    }
}
