using SkiaSharp;

namespace GanSharp.Reporting.Animations;

/// <summary>A file of frames that is written frame by frame, so that no more than one is in memory.</summary>
internal interface IFrameWriter
{
    /// <summary>Writes the next frame.</summary>
    /// <param name="frame">Opaque RGBA of the file's size.</param>
    /// <param name="duration">How long it is shown.</param>
    void Add(SKBitmap frame, TimeSpan duration);

    /// <summary>Ends the file.</summary>
    void End();
}
