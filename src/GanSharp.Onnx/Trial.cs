using System.Runtime.InteropServices;
using GanSharp.Networks;
using GanSharp.Networks.StyleGan;
using Microsoft.ML.OnnxRuntime;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Onnx;

/// <summary>A few latents and what the network makes of them, by which a file is judged.</summary>
internal sealed class Trial
{
    private const int Count = 3;
    private readonly Tensor latents;
    private readonly Tensor? labels;

    private Trial(Tensor latents, Tensor? labels, Tensor samples) => (this.latents, this.labels, Samples) = (latents, labels, samples);

    /// <summary>The network's samples, on the CPU.</summary>
    public Tensor Samples { get; }

    public static Trial Of(GeneratorNetwork generator, OnnxExportOptions options)
    {
        using var random = new torch.Generator(0);
        var latents = generator.Prior.Sample(Count, random);
        var labels = generator.Classes is not { } classes ? null
            : options.Mixtures ? (rand([Count, classes], generator: random) * 3).softmax(1) : arange(Count, ScalarType.Int64) % classes;
        var samples = options.Truncation == 1 ? generator.Sample(latents, labels) : ((StyleGan2Generator)generator).SampleTruncated(latents, options.Truncation, labels);
        return new(latents, labels, samples.cpu().contiguous());
    }

    /// <exception cref="OnnxExportException">The file's samples are other ones, or ONNX Runtime refuses it.</exception>
    public void Compare(byte[] model, double tolerance)
    {
        var (expected, given) = (Values(Samples), Run(model));
        if (expected.Length != given.Length)
            throw new OnnxExportException($"The exported graph makes {given.Length} values of {Count} latents where the network makes {expected.Length}. A rule and its module's forward don't agree.");
        var scale = Math.Max(1, expected.Max(Math.Abs));
        var difference = expected.Zip(given, (mine, theirs) => Math.Abs(mine - theirs)).Max();
        // Written so that NaN fails too.
        if (!(difference <= tolerance * scale))
            throw new OnnxExportException($"The exported graph's samples must be the network's to within Tolerance {tolerance:g3}, but they differ by {difference / scale:g3}. A rule and its module's forward don't agree, or the network isn't a function of its latents and labels alone.");
    }

    private float[] Run(byte[] model)
    {
        try
        {
            using var settings = new SessionOptions { IntraOpNumThreads = 1, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
            using var session = new InferenceSession(model, settings);
            using var runOptions = new RunOptions();
            using var z = OrtValue.CreateTensorValueFromMemory(Values(latents), latents.shape);
            using var y = labels is null ? null
                : labels.dtype == ScalarType.Int64 ? OrtValue.CreateTensorValueFromMemory(MemoryMarshal.Cast<byte, long>(labels.bytes).ToArray(), labels.shape)
                : OrtValue.CreateTensorValueFromMemory(Values(labels), labels.shape);
            // A conditional network may ignore its labels, and the file still has the input.
            string[] names = [.. session.InputMetadata.Keys];
            using var results = session.Run(runOptions, names, [.. names.Select(name => name == "latent" ? z : y!)], ["samples"]);
            return results[0].GetTensorDataAsSpan<float>().ToArray();
        }
        catch (OnnxRuntimeException exception)
        {
            throw new OnnxExportException($"ONNX Runtime refuses the exported graph: {exception.Message.Split('\n')[0]}", exception);
        }
    }

    private static float[] Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.contiguous().bytes).ToArray();
}
