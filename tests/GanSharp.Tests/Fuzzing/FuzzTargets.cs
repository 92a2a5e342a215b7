using System.Buffers.Binary;
using System.IO.Compression;
using GanSharp.Data;
using GanSharp.Data.Arrays;
using GanSharp.Data.Distributions;
using GanSharp.Data.Images;
using GanSharp.Diagnostics.Auditing;
using GanSharp.Diagnostics.Certificates;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Safetensors;
using SkiaSharp;
using static TorchSharp.torch;

namespace GanSharp.Tests.Fuzzing;

/// <summary>Every reader of files that may come from somebody else.</summary>
internal static class FuzzTargets
{
    private const int LargestPixels = 1 << 18;

    /// <summary>The targets, which the caller disposes.</summary>
    /// <param name="folder">Where they keep their files.</param>
    public static IEnumerable<FuzzTarget> All(string folder)
    {
        yield return Safetensors();
        yield return Weights(folder);
        yield return Idx();
        yield return Npy(folder);
        yield return Images(folder);
        yield return Certificates(folder);
        yield return CheckpointTarget.Make(folder, "state.json", JsonTokens, input => input);
        yield return CheckpointTarget.Make(folder, "state.safetensors", SafetensorsTokens, RepairHeaderLength);
    }

    private static FuzzTarget Safetensors()
    {
        using var scope = NewDisposeScope();
        using var mixed = new MemoryStream();
        SafetensorsFile.Write(
            mixed, [("weight", randn(3, 4)), ("half", randn(5).to(ScalarType.Float16)), ("count", tensor(7L)), ("flags", eye(2).to(ScalarType.Bool)), ("none", empty(0, 2))],
            new Dictionary<string, string> { ["format"] = "pt" });
        using var one = new MemoryStream();
        SafetensorsFile.Write(one, [("x", ones(2))]);
        return new FuzzTarget
        {
            Name = "safetensors",
            Corpus = [mixed.ToArray(), one.ToArray()],
            Tokens = SafetensorsTokens,
            Repair = RepairHeaderLength,
            Read = path => SafetensorsFile.Read(path).Dispose(),
            Refusals = [typeof(InvalidSafetensorsException)],
        };
    }

    private static FuzzTarget Weights(string folder)
    {
        var path = Path.Combine(folder, "weights");
        using var saved = new DcganGenerator(new ImageShape(1, 8, 8), latentSize: 2, width: 1);
        saved.SaveWeights(path);
        return new FuzzTarget
        {
            Name = "weights",
            Corpus = [File.ReadAllBytes(path)],
            Tokens = SafetensorsTokens,
            Repair = RepairHeaderLength,
            Read = input =>
            {
                using var network = new DcganGenerator(new ImageShape(1, 8, 8), latentSize: 2, width: 1);
                network.LoadWeights(input);
            },
            Refusals = [typeof(InvalidSafetensorsException), typeof(WeightsMismatchException)],
        };
    }

    private static readonly string[] JsonTokens = ["\"formatVersion\":", "NaN", "\"NaN\"", "\"Infinity\"", "null", "{", "}", "[", "]", ",", ":", "\"", "\\ud800"];

    private static readonly string[] SafetensorsTokens =
        ["\"dtype\":", "\"shape\":", "\"data_offsets\":", "\"__metadata__\":{", "\"F32\"", "\"BF16\"", "\"F8_E5M2\"", "{", "}", "[", "]", ",", ":", "\"", "\\ud800", "\\u0000", "\u00e9"];

    /// <summary>The length that ends the header after the last brace.</summary>
    private static byte[] RepairHeaderLength(byte[] input)
    {
        var end = Array.LastIndexOf(input, (byte)'}') + 1;
        if (end > 8)
            BinaryPrimitives.WriteInt64LittleEndian(input, end - 8);
        return input;
    }

    private static FuzzTarget Idx()
    {
        byte[][] plain = [[0, 0, 8, 1, 0, 0, 0, 5, 1, 2, 3, 4, 5], [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, .. new byte[24]]];
        return new FuzzTarget
        {
            Name = "IDX, plain and gzip",
            Corpus = [.. plain, .. plain.Select(Gzip)],
            // Its checksum would else hide the content from all mutations.
            Repair = Gzip,
            Read = path => IdxFile.Read(path, largestBytes: 1 << 20).Dispose(),
            Refusals = [typeof(InvalidDatasetException)],
        };
    }

    private static byte[] Gzip(byte[] content)
    {
        using var target = new MemoryStream();
        using (var gzip = new GZipStream(target, CompressionLevel.Fastest))
            gzip.Write(content);
        return target.ToArray();
    }

    private static FuzzTarget Npy(string folder)
    {
        using var scope = NewDisposeScope();
        var path = Path.Combine(folder, "array.npy");
        byte[] Written(Tensor rows)
        {
            NpyFile.Write(path, [rows]);
            return File.ReadAllBytes(path);
        }
        return new FuzzTarget
        {
            Name = "npy",
            Corpus = [Written(ones(5, 3)), Written(ones([4, 1, 2, 2], ScalarType.Byte))],
            Tokens = ["'descr': ", "'<f4'", "'|u1'", "'>f8'", "'fortran_order': ", "True", "False", "'shape': ", "(", ")", ", ", "}", "\n"],
            Read = input =>
            {
                using var drawing = NewDisposeScope();
                using var data = NpyDataset.Open(input, heldOutFraction: 0);
                data.Draw(0, 0, (int)data.Count!);
            },
            Refusals = [typeof(InvalidDatasetException)],
        };
    }

    private static FuzzTarget Images(string folder)
    {
        var images = Directory.CreateDirectory(Path.Combine(folder, "images")).FullName;
        var options = new ImageFolderOptions { Image = new ImageShape(3, 8, 8), HeldOutFraction = 0, LargestImagePixels = LargestPixels };
        return new FuzzTarget
        {
            Name = "images of five formats",
            Corpus = [.. new[] { SKEncodedImageFormat.Png, SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Webp }.Select(Picture), Bitmap(), Gif],
            Repair = RepairPngChecksums,
            Read = path =>
            {
                File.Move(path, Path.Combine(images, "input.png"), overwrite: true);
                ImageFolder.Load(images, options).Dispose();
            },
            Refusals = [typeof(InvalidDatasetException)],
        };
    }

    private static byte[] Picture(SKEncodedImageFormat format)
    {
        using var bitmap = new SKBitmap(new SKImageInfo(12, 9, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        for (var pixel = 0; pixel < 12 * 9; pixel++)
            bitmap.SetPixel(pixel % 12, pixel / 12, new SKColor((byte)(pixel * 7), (byte)(pixel * 13), (byte)pixel));
        using var content = bitmap.Encode(format, 90);
        return content.ToArray();
    }

    /// <summary>2 × 2 pixels of 24 bits; SkiaSharp doesn't write BMP or GIF.</summary>
    private static byte[] Bitmap() =>
        [.. "BM"u8, 70, 0, 0, 0, 0, 0, 0, 0, 54, 0, 0, 0, 40, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 24, .. new byte[25], 255, 0, 0, 0, 255, 0, 0, 0, 0, 0, 255, 9, 9, 9, 0, 0];

    /// <summary>One pixel.</summary>
    private static byte[] Gif => [.. "GIF89a"u8, 1, 0, 1, 0, 0x80, 0, 0, 255, 0, 0, 0, 0, 255, 0x2c, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 1, 0, 0x3b];

    /// <summary>Makes the checksum of every chunk right again, as far as lengths lead.</summary>
    private static byte[] RepairPngChecksums(byte[] input)
    {
        if (input is not [0x89, (byte)'P', ..])
            return input;
        for (var start = 8L; start + 12 <= input.Length;)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(input.AsSpan((int)start));
            if (start + 12 + length > input.Length)
                break;
            BinaryPrimitives.WriteUInt32BigEndian(input.AsSpan((int)(start + 8 + length)), PngChecksum.Compute(input.AsSpan((int)start + 4, (int)length + 4)));
            start += 12 + length;
        }
        return input;
    }

    private static FuzzTarget Certificates(string folder)
    {
        var path = Path.Combine(folder, "certificate");
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(1, 1);
        DivergenceCertificate.Issue(generator, data, () => new MlpDiscriminator(1, 4, hiddenLayers: 1), new AuditOptions { MaximumSteps = 20, HeldOutSamples = 200 }).Save(path);
        return new FuzzTarget
        {
            Name = "certificate",
            Corpus = [File.ReadAllBytes(path)],
            Tokens = JsonTokens,
            Read = input => DivergenceCertificate.Load(input),
            Refusals = [typeof(InvalidCertificateException)],
        };
    }
}
