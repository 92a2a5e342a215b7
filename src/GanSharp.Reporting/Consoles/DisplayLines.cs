using System.Globalization;
using GanSharp.Training.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace GanSharp.Reporting.Consoles;

/// <summary>The lines of the display for a terminal of any size: each is shorter than the terminal is wide, and there are fewer than it is high.</summary>
internal static class DisplayLines
{
    private const int BriefBelow = 60, ShortestBar = 4, LongestBar = 40, MostLines = 8, MostLinesVerbose = 16;
    private const string Ellipsis = "…";

    /// <summary>The progress of a run, and what its newest report says.</summary>
    public static List<SegmentLine> Of(IAnsiConsole console, ConsoleVerbosity verbosity, ProgressState state, TrainingReport? report)
    {
        // A line as wide as the terminal would wrap in some of them.
        var width = Math.Max(1, console.Profile.Width - 1);
        var options = RenderOptions.Create(console, console.Profile.Capabilities);
        var isVerbose = verbosity == ConsoleVerbosity.Verbose;
        var most = Math.Clamp(console.Profile.Height - 1, 1, isVerbose ? MostLinesVerbose : MostLines);
        List<SegmentLine> lines = [];
        foreach (var (markup, count) in Blocks(console, width, isVerbose, state, report))
            lines.AddRange(Cut(Segment.SplitLines(((IRenderable)new Markup(markup)).Render(options, width), width), Math.Min(count, most - lines.Count), width));
        return lines;
    }

    /// <summary>Each block of text, and how many lines it may take.</summary>
    private static IEnumerable<(string Markup, int Lines)> Blocks(IAnsiConsole console, int width, bool isVerbose, ProgressState state, TrainingReport? report)
    {
        yield return (Bar(console, width, state), 1);
        if (report is null)
            yield break;
        var losses = string.Join("  ", ReportText.Losses(report).Select(loss => string.Create(CultureInfo.InvariantCulture, $"[{loss.Color}]{loss.Name} {loss.Value:0.000}[/]")));
        if (losses.Length > 0)
            yield return (losses, 2);
        if (ReportText.Headline(report, isBrief: width < BriefBelow) is { Length: > 0 } headline)
            yield return ($"[mediumpurple1]{headline.EscapeMarkup()}[/]", 3);
        // The most important come first, and what finds no room is left out.
        foreach (var warning in report.Warnings.TakeLast(isVerbose ? 4 : 1))
            yield return ($"[orange1]! {warning.EscapeMarkup()}[/]", 2);
        foreach (var (isProblem, finding) in ReportText.Findings(report))
            yield return ($"[{(isProblem ? "red" : "green")}]{(isProblem ? "! " : "")}{finding.EscapeMarkup()}[/]", 2);
        if (!isVerbose)
            yield break;
        if (ReportText.Terms(report) is { Length: > 0 } terms)
            yield return ($"[gray]{terms.EscapeMarkup()}[/]", 6);
        foreach (var metric in ReportText.Metrics(report))
            yield return (metric.EscapeMarkup(), 2);
    }

    private static string Bar(IAnsiConsole console, int width, ProgressState state)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{state.Share,4:0%}  ");
        string[] parts =
        [
            string.Create(CultureInfo.InvariantCulture, $"step {state.Step:N0} of {state.LastStep:N0}  "),
            $"{DurationText.Of(state.SecondsLeft)} left  ",
            state.SamplesPerSecond is { } rate ? string.Create(CultureInfo.InvariantCulture, $"{rate:N0} samples/s  ") : "",
        ];
        // What there is room for beside the shortest bar.
        foreach (var part in parts)
            if (text.Length + part.Length + ShortestBar < width)
                text += part;
        var length = Math.Clamp(width - text.Length, 0, LongestBar);
        var full = (int)(state.Share * length);
        var (done, open) = console.Profile.Capabilities.Unicode ? ('━', '─') : ('#', '-');
        return $"[green]{new string(done, full)}[/][gray35]{new string(open, length - full)}[/] {text.TrimEnd()}";
    }

    private static List<SegmentLine> Cut(List<SegmentLine> lines, int count, int width)
    {
        if (lines.Count <= count)
            return lines;
        if (count <= 0)
            return [];
        var last = new SegmentLine(Segment.Truncate(lines[count - 1], width - 1));
        // Its Length is that of the text, so [^1] would miss.
        var style = last.Count > 0 ? last[last.Count - 1].Style : Style.Plain;
        last.Add(new Segment(Ellipsis, style));
        return [.. lines.Take(count - 1), last];
    }
}
