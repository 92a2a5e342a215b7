using System.Globalization;
using Microsoft.ML.OnnxRuntime;

namespace GanSharp.Samples.Serve;

/// <summary>A generator's ONNX file: draws latents from the prior that its metadata names, and runs it. Any number of threads may call it at once.</summary>
public sealed class OnnxGenerator : IDisposable
{
    private readonly InferenceSession session;
    private readonly Func<Random, int, float[]> draw;

    /// <exception cref="ArgumentException">The file isn't a generator's, or its prior is unknown here.</exception>
    public OnnxGenerator(string path, int threads)
    {
        try
        {
            using var settings = new SessionOptions { IntraOpNumThreads = threads };
            session = new InferenceSession(path, settings);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new ArgumentException($"'{path}' must be an ONNX file: {exception.Message.Split('\n')[0]}", nameof(path), exception);
        }
        var metadata = session.ModelMetadata.CustomMetadataMap;
        string? Told(string key) => metadata.GetValueOrDefault($"gansharp.{key}");
        if (!session.InputMetadata.TryGetValue("latent", out var latent) || !session.OutputMetadata.TryGetValue("samples", out var samples) || session.InputMetadata.ContainsKey("mixture"))
            throw new ArgumentException($"'{path}' must be a generator with an input 'latent' and an output 'samples', and none of mixtures, but has the inputs {string.Join(", ", session.InputMetadata.Keys)}.", nameof(path));
        Name = Told("generator") ?? Path.GetFileNameWithoutExtension(path);
        LatentSize = latent.Dimensions[1];
        SampleShape = samples.Dimensions[1..];
        Classes = session.InputMetadata.ContainsKey("label") && Told("classes") is { } classes ? int.Parse(classes, CultureInfo.InvariantCulture) : null;
        var range = (Told("value_range") ?? "-1 1").Split(' ').Select(text => float.Parse(text, CultureInfo.InvariantCulture)).ToArray();
        (Black, White) = (range[0], range[1]);
        draw = Prior.Named(Told("prior") ?? "normal", LatentSize, path);
    }

    public string Name { get; }

    public int LatentSize { get; }

    public int[] SampleShape { get; }

    /// <summary>Number of classes that samples are asked for by; null for none.</summary>
    public int? Classes { get; }

    /// <summary>The value of a black pixel.</summary>
    public float Black { get; }

    /// <summary>The value of a white pixel.</summary>
    public float White { get; }

    /// <summary>Whether samples are pictures of 1, 3 or 4 channels.</summary>
    public bool MakesImages => SampleShape is [1 or 3 or 4, _, _];

    /// <summary>Samples, one behind the other. The same seed gives the same samples.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled; the network stops between two of its nodes.</exception>
    public float[] Sample(int count, int seed, int? label, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var options = new RunOptions();
        using var stop = cancellation.Register(() => options.Terminate = true);
        using var latents = OrtValue.CreateTensorValueFromMemory(draw(new Random(seed), count), [count, LatentSize]);
        using var labels = Classes is { } classes
            ? OrtValue.CreateTensorValueFromMemory([.. Enumerable.Range(0, count).Select(index => (long)(label ?? index % classes))], [count]) : null;
        try
        {
            using var results = labels is null ? session.Run(options, ["latent"], [latents], ["samples"]) : session.Run(options, ["latent", "label"], [latents, labels], ["samples"]);
            return results[0].GetTensorDataAsSpan<float>().ToArray();
        }
        catch (OnnxRuntimeException) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellation);
        }
    }

    public void Dispose() => session.Dispose();
}
