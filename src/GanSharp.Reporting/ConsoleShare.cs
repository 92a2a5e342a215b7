using System.Diagnostics;
using System.Globalization;
using GanSharp.Reporting.Consoles;
using Spectre.Console;

namespace GanSharp.Reporting;

/// <summary>Work with a known end on the console: a bar with the time left on a terminal, a line now and then in a log.</summary>
public sealed class ConsoleShare : IProgress<double>, IDisposable
{
    private const int Width = 40;
    private static readonly TimeSpan OnTerminal = TimeSpan.FromMilliseconds(200), InLog = TimeSpan.FromSeconds(5);
    private readonly IAnsiConsole console;
    private readonly Stopwatch elapsed = Stopwatch.StartNew();
    private readonly Lock drawing = new();
    private TimeSpan? shown;
    private bool isOpen;

    /// <summary>Shows nothing before the first report.</summary>
    /// <param name="title">What is being done, in a few words; <see cref="Title"/> changes it.</param>
    /// <param name="console">Where to show it; the process's console where null.</param>
    /// <exception cref="ArgumentException"><paramref name="title"/> is empty.</exception>
    public ConsoleShare(string title, IAnsiConsole? console = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(title);
        (Title, this.console) = (title, console ?? AnsiConsole.Console);
    }

    /// <summary>What is being done.</summary>
    public string Title { get; set; }

    /// <summary>Shows how much is done, at most a few times a second; from any thread.</summary>
    /// <param name="value">Share that is done, 0 to 1.</param>
    public void Report(double value)
    {
        lock (drawing)
        {
            var isTerminal = console.Profile.Out.IsTerminal;
            if (shown is { } last && elapsed.Elapsed - last < (isTerminal ? OnTerminal : InLog) && value < 1)
                return;
            shown = elapsed.Elapsed;
            var left = value <= 0 ? double.NaN : elapsed.Elapsed.TotalSeconds * Math.Max(0, (1 - value) / value);
            var text = string.Create(CultureInfo.InvariantCulture, $"{Math.Clamp(value, 0, 1),4:0%}  {Title}  {DurationText.Of(left)} left");
            if (isTerminal)
                ConsoleWrite.Try(() => Draw(value, text));
            else
                ConsoleWrite.Try(() => console.Profile.Out.Writer.WriteLine(text));
        }
    }

    /// <summary>Ends the line.</summary>
    public void Dispose()
    {
        lock (drawing)
        {
            if (isOpen)
                ConsoleWrite.Try(console.WriteLine);
            isOpen = false;
        }
    }

    private void Draw(double value, string text)
    {
        var width = Math.Clamp(console.Profile.Width - text.Length - 2, 0, Width);
        var full = (int)(Math.Clamp(value, 0, 1) * width);
        console.Write(new ControlCode("\r\u001b[2K"));
        console.Write(text.Length < console.Profile.Width ? new Markup($"[green]{new string('━', full)}[/][gray35]{new string('━', width - full)}[/] {text.EscapeMarkup()}") : new Text(text[..Math.Max(0, console.Profile.Width - 1)]));
        isOpen = true;
    }
}
