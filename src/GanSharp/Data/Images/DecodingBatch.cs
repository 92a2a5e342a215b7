using static TorchSharp.torch;

namespace GanSharp.Data.Images;

/// <summary>A batch of images that background threads decode, starting when the batch is created.</summary>
internal sealed class DecodingBatch : IDisposable
{
    private readonly long seed, position;
    private readonly Tensor pixels;
    private readonly CancellationTokenSource cancellation = new();
    private readonly Task work;

    /// <param name="files">The files.</param>
    /// <param name="options">The shape of the images and the most pixels that a file may have.</param>
    /// <param name="decoders">Limits the number of threads.</param>
    /// <param name="seed">Seed of the sequence that the batch belongs to.</param>
    /// <param name="position">Position in that sequence.</param>
    /// <param name="rows">Numbers of the files.</param>
    public DecodingBatch(ImageFiles files, ImageFolderOptions options, TaskScheduler decoders, long seed, long position, long[] rows)
    {
        (this.seed, this.position, Rows) = (seed, position, rows);
        pixels = empty([rows.Length, options.Image.Channels, options.Image.Height, options.Image.Width], ScalarType.Byte).DetachFromDisposeScope();
        work = Parallel.ForAsync(0, rows.Length, new ParallelOptions { TaskScheduler = decoders, MaxDegreeOfParallelism = decoders.MaximumConcurrencyLevel, CancellationToken = cancellation.Token }, (index, _) =>
        {
            using var image = pixels.select(0, index);
            var path = files.Paths[rows[index]];
            if (ImageDecoder.Fault(path, options, image.bytes) is { } fault)
                throw new InvalidDatasetException($"'{path}' was there when the folder was opened but {(File.Exists(path) ? $"now can't be decoded: {fault}" : "is gone")}. Put it back as it was, and resume from the last checkpoint.");
            return ValueTask.CompletedTask;
        });
    }

    /// <summary>Numbers of the files.</summary>
    public long[] Rows { get; }

    public bool Is(long seed, long position, int count) => (this.seed, this.position, Rows.Length) == (seed, position, count);

    /// <summary>Waits for the images: uint8 of shape [N, channels, height, width], which live as long as this object.</summary>
    /// <exception cref="InvalidDatasetException">A file was changed or removed since the folder was opened.</exception>
    public Tensor Pixels()
    {
        work.GetAwaiter().GetResult();
        return pixels;
    }

    /// <summary>Stops after the images in progress and waits for them, because they are written into the tensor.</summary>
    public void Dispose()
    {
        cancellation.Cancel();
        work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        cancellation.Dispose();
        pixels.Dispose();
    }
}
