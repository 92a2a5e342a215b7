using GanSharp.Networks.Latents;
using GanSharp.Randomness;
using GanSharp.Reporting;
using GanSharp.Training.Runs;
using GanSharp.Training.Serving;
using static TorchSharp.torch;

namespace GanSharp.Live;

/// <summary>Pictures of a walk from one latent vector to another, by a copy of the generator: never by the network in training, and one walk at a time.</summary>
/// <param name="trainer">Whose generator it is; training waits only while its weights are copied.</param>
internal sealed class WalkPictures(Trainer trainer) : IDisposable
{
    public const int FewestFrames = 2, MostFrames = 16;
    public const long LargestSeed = 999_999;
    private const int Columns = 8;
    private readonly SemaphoreSlim free = new(1);
    private GeneratorSnapshot? snapshot;
    private bool isDisposed;

    /// <summary>Whether samples are pictures.</summary>
    public static bool CanDraw(Trainer trainer) => trainer.Data.SampleShape is { Count: 3 } shape && shape[0] is 1 or 3 or 4;

    /// <summary>The walk as a PNG, and the step of the generator; null where another walk is being drawn.</summary>
    /// <exception cref="GanSharp.Networks.NetworkException">The generator can't be copied; the message says what to do.</exception>
    public (byte[] Png, long Step)? TryDraw(long from, long to, int frames, long? label)
    {
        if (!free.Wait(0))
            return null;
        try
        {
            ObjectDisposedException.ThrowIf(isDisposed, this);
            Update();
            using var scope = NewDisposeScope();
            using var frozen = no_grad();
            var prior = snapshot!.Prior;
            var latents = LatentPath.Between(prior, Latent(from), Latent(to), frames);
            var images = snapshot.Sample(latents, label: label ?? (snapshot.Classes is null ? null : 0));
            using var png = new MemoryStream();
            ImageGrid.Save(images, png, Math.Min(frames, Columns));
            return (png.ToArray(), snapshot.Step);

            Tensor Latent(long seed)
            {
                using var random = SeededRandom.Create(seed, "latent walk");
                return prior.Sample(1, random, CPU);
            }
        }
        finally
        {
            free.Release();
        }
    }

    public void Dispose()
    {
        free.Wait();
        isDisposed = true;
        snapshot?.Dispose();
        free.Release();
    }

    private void Update()
    {
        if (snapshot is null)
            snapshot = trainer.Snapshot();
        else if (snapshot.Step != trainer.Step)
        {
            try
            {
                snapshot.Update();
            }
            catch (ObjectDisposedException)
            {
                // The run is over; its last weights are here.
            }
        }
    }
}
