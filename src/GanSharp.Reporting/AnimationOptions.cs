namespace GanSharp.Reporting;

/// <summary>How an <see cref="Animation"/> looks.</summary>
public sealed record AnimationOptions
{
    /// <summary>The shortest duration of a frame: browsers slow down GIFs that ask for less.</summary>
    public static readonly TimeSpan ShortestFrame = TimeSpan.FromMilliseconds(20);

    /// <summary>The longest duration of a frame, which is what an animated PNG can say.</summary>
    public static readonly TimeSpan LongestFrame = TimeSpan.FromSeconds(60);

    /// <summary>How long a frame is shown, <see cref="ShortestFrame"/> to <see cref="LongestFrame"/>; a GIF rounds to hundredths of a second. Default 0.1 s.</summary>
    public TimeSpan FrameDuration { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>How long the last frame is shown before it begins again: a second or two where it is a result. Null (the default) for as long as the others, which a loop needs.</summary>
    public TimeSpan? LastFrameDuration { get; init; }

    /// <summary>Whether it begins again. Default true.</summary>
    public bool Repeats { get; init; } = true;

    /// <summary>Images in a row of a frame, at least 1. Default 8.</summary>
    public int Columns { get; init; } = 8;

    internal void ThrowIfInvalid()
    {
        ThrowIfOutside(FrameDuration, nameof(FrameDuration));
        if (LastFrameDuration is { } last)
            ThrowIfOutside(last, nameof(LastFrameDuration));
        ArgumentOutOfRangeException.ThrowIfLessThan(Columns, 1);
    }

    private static void ThrowIfOutside(TimeSpan duration, string name)
    {
        if (duration < ShortestFrame || duration > LongestFrame)
            throw new ArgumentOutOfRangeException(name, duration, $"{name} must be between {ShortestFrame.TotalSeconds} and {LongestFrame.TotalSeconds} seconds.");
    }
}
