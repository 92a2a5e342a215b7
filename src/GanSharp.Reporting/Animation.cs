using System.Globalization;
using GanSharp.Reporting.Animations;
using GanSharp.Reporting.Pictures;
using GanSharp.Reporting.Runs;
using SkiaSharp;
using static TorchSharp.torch;

namespace GanSharp.Reporting;

/// <summary>
/// Pictures that move: a run's samples step by step, or a walk through latent space. The extension decides: .gif is shown everywhere and is exact for gray images (and for any frame of up to 256
/// colors), .png or .apng is exact for all, mostly smaller, and shown by every browser. Frames are taken and written one at a time.
/// </summary>
public static class Animation
{
    private const int LargestSide = 65_535;

    /// <summary>Saves frames of images, each a grid.</summary>
    /// <param name="frames">At least one, all of one shape: images like <see cref="ImageGrid.Save(Tensor, string, int)"/>'s, such as the frames of a <see cref="LatentWalkFrames"/>. None is disposed here.</param>
    /// <param name="path">Where to save it, ending in .gif, .png or .apng; a file that is there is replaced.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">There are no frames, one has another shape than the first or holds NaN, or the extension is another one.</exception>
    public static void Save(IEnumerable<Tensor> frames, string path, AnimationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(frames);
        var columns = options?.Columns ?? new AnimationOptions().Columns;
        Write(frames.Select(frame => Grid(frame, columns)), path, options, nameof(frames));
    }

    /// <summary>Saves frames of images, each a grid with a caption above it.</summary>
    /// <inheritdoc cref="Save(IEnumerable{Tensor}, string, AnimationOptions?)"/>
    public static void Save(IEnumerable<(string Caption, Tensor Images)> frames, string path, AnimationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(frames);
        var columns = options?.Columns ?? new AnimationOptions().Columns;
        Write(frames.Select(frame => Captioned.Draw(frame.Caption, Grid(frame.Images, columns))), path, options, nameof(frames));
    }

    /// <summary>Saves pictures that are files already, each with a caption above it: the samples of a run, step after step.</summary>
    /// <param name="pictures">At least one, all of one size: what SkiaSharp reads, PNG, JPEG or WebP.</param>
    /// <param name="path">Where to save it, ending in .gif, .png or .apng; a file that is there is replaced.</param>
    /// <param name="options">Null for the defaults; <see cref="AnimationOptions.Columns"/> isn't used.</param>
    /// <exception cref="ArgumentException">There are no pictures, one has another size than the first, or the extension is another one.</exception>
    /// <exception cref="FileNotFoundException">A picture isn't there.</exception>
    /// <exception cref="IOException">A file is no picture.</exception>
    public static void Save(IEnumerable<(string Caption, string Path)> pictures, string path, AnimationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(pictures);
        Write(pictures.Select(picture => Captioned.Draw(picture.Caption, Read(picture.Path))), path, options, nameof(pictures));
    }

    /// <summary>Saves the samples of a run step after step, as its folder has them: the same latents, each frame with its step. Without options a frame is shown for a quarter of a second, the last one for two.</summary>
    /// <param name="run">The run's folder, with samples of at least one step.</param>
    /// <param name="path">Where to save it, ending in .gif, .png or .apng; a file that is there is replaced.</param>
    /// <param name="options">Null for the defaults; <see cref="AnimationOptions.Columns"/> isn't used.</param>
    /// <exception cref="ArgumentException">The folder holds no samples, or of different sizes, or the extension is another one.</exception>
    /// <exception cref="IOException">A file is gone, or is no picture.</exception>
    public static void SaveProgress(RunFolder run, string path, AnimationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(run);
        options ??= new AnimationOptions { FrameDuration = TimeSpan.FromMilliseconds(250), LastFrameDuration = TimeSpan.FromSeconds(2) };
        Write(run.Samples.Select(file => Captioned.Draw(string.Create(CultureInfo.InvariantCulture, $"step {file.Step:N0}"), Read(file.Path))), path, options, nameof(run));
    }

    private static SKBitmap Grid(Tensor frame, int columns)
    {
        var images = ImageBytes.Of(frame);
        return images.ToGrid(columns, images.Scale);
    }

    private static SKBitmap Read(string path)
    {
        if (!File.Exists(path))
            throw new FileNotFoundException($"The picture '{path}' isn't there.", path);
        return SKBitmap.Decode(path) ?? throw new IOException($"'{path}' is no picture that can be read.");
    }

    private static void Write(IEnumerable<SKBitmap> frames, string path, AnimationOptions? options, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        options ??= new AnimationOptions();
        options.ThrowIfInvalid();
        var isGif = Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".GIF" => true,
            ".PNG" or ".APNG" => false,
            _ => throw new ArgumentException($"path must end in .gif, .png or .apng but is '{path}'.", nameof(path)),
        };
        ReportFile.Save(path, file => Write(frames, file, isGif, options, name));
    }

    private static void Write(IEnumerable<SKBitmap> frames, Stream file, bool isGif, AnimationOptions options, string name)
    {
        IFrameWriter? writer = null;
        // One frame late, because only the last one knows that it is.
        SKBitmap? waiting = null;
        try
        {
            foreach (var frame in frames)
            {
                using var drawn = frame;
                var next = Opaque(drawn);
                if (waiting is not null)
                {
                    using var written = waiting;
                    waiting = next;
                    if ((next.Width, next.Height) != (written.Width, written.Height))
                        throw new ArgumentException($"{name} must be of one size, but one of {written.Width} x {written.Height} pixels is followed by one of {next.Width} x {next.Height}.", name);
                    writer!.Add(written, options.FrameDuration);
                    continue;
                }
                waiting = next;
                if (isGif && Math.Max(next.Width, next.Height) > LargestSide)
                    throw new ArgumentException($"{name} must be at most {LargestSide} pixels wide and high in a GIF but are {next.Width} x {next.Height}.", name);
                writer = isGif ? new GifWriter(file, next.Width, next.Height, options.Repeats) : new PngWriter(file, options.Repeats);
            }
            if (waiting is null)
                throw new ArgumentException($"{name} must hold at least one frame but is empty.", name);
            writer!.Add(waiting, options.LastFrameDuration ?? options.FrameDuration);
            writer.End();
        }
        finally
        {
            waiting?.Dispose();
        }
    }

    /// <summary>On white: a GIF's pixel is either there or not.</summary>
    private static SKBitmap Opaque(SKBitmap frame)
    {
        var opaque = new SKBitmap(new SKImageInfo(frame.Width, frame.Height, SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(opaque);
        canvas.Clear(SKColors.White);
        canvas.DrawBitmap(frame, 0, 0);
        return opaque;
    }
}
