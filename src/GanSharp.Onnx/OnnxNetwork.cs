using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using GanSharp.Data.Images;
using Microsoft.ML.OnnxRuntime;
using TensorElementType = Microsoft.ML.OnnxRuntime.Tensors.TensorElementType;
using static TorchSharp.torch;

namespace GanSharp.Onnx;

/// <summary>One ONNX file: an input of images, and one of its outputs.</summary>
internal sealed class OnnxNetwork : IDisposable
{
    private readonly InferenceSession session;
    private readonly RunOptions runOptions = new();
    private readonly string path, input;
    private readonly int[] shape;

    public OnnxNetwork(string path, string? output, int threads)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read))
            Hash = Convert.ToHexStringLower(SHA256.HashData(file));
        this.path = path;
        try
        {
            using var settings = new SessionOptions { IntraOpNumThreads = threads, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
            session = new InferenceSession(path, settings);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new ArgumentException($"path must name an ONNX file but '{path}' can't be loaded: {exception.Message.Split('\n')[0]}", nameof(path), exception);
        }
        try
        {
            (input, shape) = InputOf(session, path);
            Output = OutputOf(session, path, output);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    public string Hash { get; }

    public string Output { get; }

    /// <summary>The batch size that the file fixes; null where it takes any.</summary>
    public int? FixedBatch => shape[0] > 0 ? shape[0] : null;

    /// <summary>The shape of an image where the file fixes it.</summary>
    public ImageShape? Image => shape[1] > 0 && shape[2] > 0 && shape[3] > 0 ? new ImageShape(shape[1], shape[2], shape[3]) : null;

    public static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(text)));

    /// <summary>"input 'x' of shape [?, 3, 224, 224]".</summary>
    public string Describe() => $"input '{input}' of shape [{string.Join(", ", shape.Select(size => size > 0 ? $"{size}" : "?"))}]";

    public void ThrowIfUnfit(ImageShape image, string parameter)
    {
        if (new[] { (shape[1], image.Channels), (shape[2], image.Height), (shape[3], image.Width) }.Any(pair => pair.Item1 > 0 && pair.Item1 != pair.Item2))
            throw new ArgumentException($"Preparation.Image must fit the {Describe()} of '{path}' but is {image}.", parameter);
    }

    /// <param name="images">Contiguous float32 on the CPU, shape [N, channels, height, width].</param>
    /// <returns>Float32, shape [N, …].</returns>
    public Tensor Run(Tensor images)
    {
        using var scope = NewDisposeScope();
        var count = images.shape[0];
        // A file with a fixed batch of B gets B images: the last ones are repeated, and what they give is dropped.
        var padded = FixedBatch is { } batch && count < batch ? cat([images, images.narrow(0, count - 1, 1).expand(batch - count, -1, -1, -1)]) : images;
        var values = MemoryMarshal.Cast<byte, float>(padded.contiguous().bytes).ToArray();
        try
        {
            using var source = OrtValue.CreateTensorValueFromMemory(values, padded.shape);
            using var results = session.Run(runOptions, [input], [source], [Output]);
            var kind = results[0].GetTensorTypeAndShape();
            if (kind.ElementDataType != TensorElementType.Float || kind.Shape.Length < 2 || kind.Shape[0] != padded.shape[0])
                throw new InvalidOperationException($"The output '{Output}' of '{path}' must be float32 of shape [{padded.shape[0]}, …] for as many images but is {kind.ElementDataType} of shape [{string.Join(", ", kind.Shape)}].");
            return tensor(results[0].GetTensorDataAsSpan<float>().ToArray(), kind.Shape).narrow(0, 0, count).MoveToOuterDisposeScope();
        }
        catch (OnnxRuntimeException exception)
        {
            throw new InvalidOperationException($"'{path}' fails for images of shape [{string.Join(", ", padded.shape)}]: {exception.Message.Split('\n')[0]}", exception);
        }
    }

    public void Dispose()
    {
        session.Dispose();
        runOptions.Dispose();
    }

    private static (string Name, int[] Shape) InputOf(InferenceSession session, string path)
    {
        var inputs = session.InputMetadata.Where(entry => !session.OverridableInitializerMetadata.ContainsKey(entry.Key)).ToArray();
        if (inputs is not [var (name, kind)])
            throw new ArgumentException($"path must name a network with one input but '{path}' has {inputs.Length}: {string.Join(", ", inputs.Select(entry => entry.Key))}.", nameof(path));
        return kind.IsTensor && kind.ElementDataType == TensorElementType.Float && kind.Dimensions.Length == 4 ? (name, kind.Dimensions)
            : throw new ArgumentException($"path must name a network with a float32 input of shape [N, channels, height, width] but the input '{name}' of '{path}' is {kind.ElementDataType} of shape [{string.Join(", ", kind.Dimensions)}].", nameof(path));
    }

    private static string OutputOf(InferenceSession session, string path, string? output)
    {
        var names = session.OutputMetadata.Keys.ToArray();
        if (output is null && names is [var only])
            return only;
        return output is not null && names.Contains(output) ? output
            : throw new ArgumentException($"Output must name one of the outputs of '{path}', which are {string.Join(", ", names.Select(name => $"'{name}'"))}, but is {(output is null ? "null" : $"'{output}'")}.", nameof(output));
    }
}
