using System.Buffers.Binary;
using System.IO.Hashing;
using FluentAssertions;
using GanSharp.Data.Distributions;
using GanSharp.Networks;
using GanSharp.Networks.Latents;
using GanSharp.Networks.StyleGan;
using GanSharp.Reporting;
using GanSharp.Reporting.Runs;
using GanSharp.Training;
using SkiaSharp;
using TorchSharp;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Reporting;

public sealed class AnimationTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly DisposeScope scope = NewDisposeScope();

    [Theory]
    [InlineData("animation.gif")]
    [InlineData("animation.png")]
    public void Gray_frames_are_exact(string name)
    {
        // Noise of all 256 grays fills the codes of a GIF several times over.
        var frames = Enumerable.Range(0, 3).Select(index => Noise(index, [4, 1, 60, 60])).ToArray();

        Animation.Save(frames, folder.File(name), new() { Columns = 2, FrameDuration = TimeSpan.FromMilliseconds(120), LastFrameDuration = TimeSpan.FromSeconds(1.5) });

        var read = Read(folder.File(name));
        read.Select(frame => frame.Milliseconds).Should().Equal(120, 120, 1_500);
        foreach (var (frame, pixels) in frames.Zip(read.Select(frame => frame.Pixels)))
        {
            ImageGrid.Save(frame, folder.File("grid.png"), columns: 2);
            using var grid = SKBitmap.Decode(folder.File("grid.png"));
            pixels.Should().Equal(grid.Pixels);
        }
    }

    [Fact]
    public void A_frame_of_few_colors_is_exact_and_one_of_many_is_near()
    {
        var few = tensor(new[] { 1f, -1f, 0.3f, -0.7f, 0.2f, 0.9f }).view(2, 3, 1, 1).expand(2, 3, 28, 28);
        var ramp = linspace(-1, 1, 56).view(1, 1, 1, 56).expand(1, 1, 56, 56);
        var many = cat([ramp, ramp.transpose(2, 3), (ramp + ramp.transpose(2, 3)) / -2], 1);

        Animation.Save([few], folder.File("few.gif"));
        Animation.Save([many], folder.File("many.gif"));
        Animation.Save([few], folder.File("few.apng"));
        Animation.Save([many], folder.File("many.apng"));

        Read(folder.File("few.gif"))[0].Pixels.Should().Equal(Read(folder.File("few.apng"))[0].Pixels);
        var (lossy, exact) = (Read(folder.File("many.gif"))[0].Pixels, Read(folder.File("many.apng"))[0].Pixels);
        var error = lossy.Zip(exact).Average(pair => (Math.Abs(pair.First.Red - pair.Second.Red) + Math.Abs(pair.First.Green - pair.Second.Green) + Math.Abs(pair.First.Blue - pair.Second.Blue)) / 3.0);
        error.Should().BeInRange(0.5, 5, "256 colors can't be 3,000");
    }

    [Fact]
    public void An_animated_png_is_a_png_of_its_first_frame_whose_chunks_are_numbered_and_checked()
    {
        Animation.Save(Enumerable.Range(0, 3).Select(index => Noise(index, [1, 3, 64, 64])), folder.File("a.png"), new() { Repeats = false });

        var chunks = Chunks(folder.File("a.png"));
        chunks.Select(chunk => chunk.Type).Distinct().Should().Equal("IHDR", "acTL", "fcTL", "IDAT", "fdAT", "IEND");
        chunks.Single(chunk => chunk.Type == "acTL").Data.Should().Equal(0, 0, 0, 3, 0, 0, 0, 1);
        chunks.Where(chunk => chunk.Type is "fcTL" or "fdAT").Select((chunk, index) => BinaryPrimitives.ReadInt32BigEndian(chunk.Data) - index).Should().AllBeEquivalentTo(0);
        using var first = SKBitmap.Decode(folder.File("a.png"));
        first.Pixels.Should().Equal(Read(folder.File("a.png"))[0].Pixels);
    }

    [Fact]
    public void Files_of_a_run_get_their_steps_as_captions()
    {
        ImageGrid.Save(Noise(0, [2, 1, 28, 28]), folder.File("1.png"));
        ImageGrid.Save(Noise(1, [2, 1, 28, 28]), folder.File("2.png"));

        Animation.Save([("step 1", folder.File("1.png")), ("step 2", folder.File("2.png"))], folder.File("run.gif"));

        var read = Read(folder.File("run.gif"));
        read.Should().HaveCount(2);
        read[0].Pixels.Take(114 * 30).Count(pixel => pixel.Red < 100).Should().BeGreaterThan(50, "the caption is drawn");
        read[0].Pixels.Take(114 * 30).Should().NotEqual(read[1].Pixels.Take(114 * 30));
    }

    [Fact]
    public void The_samples_of_a_run_s_folder_become_its_progress()
    {
        using var data = Mixtures.Ring();
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new MlpDiscriminator(2, 8);
        using var trainer = new GanTrainer(generator, discriminator, data);
        using var run = RunFolder.Create(folder.File("run"), trainer);
        trainer.Train(20).Every(10).WithRunFolder(run).Should().HaveCount(2);
        run.Refresh();

        Animation.SaveProgress(run, folder.File("progress.gif"));

        var read = Read(folder.File("progress.gif"));
        read.Should().HaveCount(run.Samples.Count).And.HaveCountGreaterThan(1);
        read[^1].Milliseconds.Should().Be(2_000);
    }

    [Fact]
    public void What_can_t_be_saved_is_refused_and_leaves_no_file()
    {
        var one = zeros(1, 1, 28, 28);
        Refused(() => Animation.Save(Array.Empty<Tensor>(), folder.File("a.gif")), "frames must hold at least one frame but is empty.*");
        Refused(() => Animation.Save([one, zeros(2, 1, 28, 28)], folder.File("a.gif")), "frames must be of one size, but one of 56 x 56 pixels is followed by one of 114 x 56.*");
        Refused(() => Animation.Save([one], folder.File("a.webp")), "path must end in .gif, .png or .apng but is *a.webp'.*");
        Refused(() => Animation.Save([one], folder.File("a.gif"), new() { FrameDuration = TimeSpan.FromMilliseconds(1) }), "FrameDuration must be between 0.02 and 60 seconds.*");
        Refused(() => Animation.Save([("", folder.File("none.png"))], folder.File("a.gif")), "The picture *none.png' isn't there.*");
        Directory.GetFiles(folder.FullName).Should().BeEmpty();

        static void Refused(Action save, string message) => save.Should().Throw<Exception>().WithMessage(message);
    }

    [Fact]
    public void A_walk_ends_where_it_began_and_moves_in_equal_small_steps()
    {
        var walk = new LatentWalk { Walks = 3, Stops = 4, StepsBetweenStops = 10, Seed = 5 };

        var points = walk.Latents(LatentPrior.Normal(16));

        points.shape.Should().Equal(40, 3, 16);
        var strides = (points - points.roll(1, 0)).norm(2).flatten().data<float>().ToArray();
        strides.Should().OnlyContain(stride => stride < 1.2, "a jump between draws would be some 5.6 long");
        points.Equals(walk.Latents(LatentPrior.Normal(16))).Should().BeTrue();
        var shorter = (walk with { Truncation = 0.5 }).Latents(LatentPrior.Normal(16));
        shorter.allclose(points * 0.5).Should().BeTrue();
        FluentActions.Invoking(() => (walk with { Truncation = 0.5 }).Latents(LatentPrior.Uniform(16))).Should().Throw<ArgumentException>().WithMessage("Truncation must be 1 for a prior that isn't normal but is 0.5.*");
        FluentActions.Invoking(() => (walk with { Truncation = double.NaN }).Latents(LatentPrior.Normal(16))).Should().Throw<ArgumentException>().WithMessage("Truncation must be above 0 and at most 1.*");
    }

    [Fact]
    public void The_frames_of_a_walk_are_the_generator_s_samples_and_leave_nothing_behind()
    {
        using var generator = new MlpGenerator(2, 8, 2);
        var walk = new LatentWalk { Walks = 5, Stops = 2, StepsBetweenStops = 3 };
        var latents = walk.Latents(generator.Prior);

        var index = 0;
        foreach (var frame in walk.Frames(generator))
            frame.Equals(generator.Sample(latents[index++])).Should().BeTrue();

        index.Should().Be(6);
        LiveTensors.Grown(() => _ = walk.Frames(generator).Count()).Should().Be(0);
    }

    [Fact]
    public void The_noise_of_a_StyleGan2_stands_still()
    {
        manual_seed(0);
        using var generator = new StyleGan2Generator(new(1, 16, 16), latentSize: 4, new() { Width = 4 });
        List<Tensor> seen = [];

        foreach (var _ in new LatentWalk { Walks = 2, Stops = 2, StepsBetweenStops = 2 }.Frames(generator.Prior, Look, generator.NoiseSize))
        {
        }

        seen.Should().HaveCount(4);
        seen.Should().OnlyContain(z => z.narrow(1, 4, generator.NoiseSize).Equals(seen[0].narrow(1, 4, generator.NoiseSize)));
        seen[1].narrow(1, 0, 4).Equals(seen[0].narrow(1, 0, 4)).Should().BeFalse();

        Tensor Look(Tensor latents)
        {
            seen.Add(latents.clone().DetachFromDisposeScope());
            return generator.SampleTruncated(latents, 0.7);
        }
    }

    public void Dispose()
    {
        scope.Dispose();
        folder.Dispose();
    }

    private static Tensor Noise(int seed, long[] shape)
    {
        using var random = new Generator((ulong)seed);
        return rand(shape, generator: random) * 2 - 1;
    }

    /// <summary>The frames and how long each is shown, by Skia's reader: of an animated PNG, each frame as the PNG that its data makes.</summary>
    private static (SKColor[] Pixels, int Milliseconds)[] Read(string path)
    {
        if (Path.GetExtension(path) != ".gif")
            return ReadPng(path);
        using var codec = SKCodec.Create(path);
        return [.. codec.FrameInfo.Select((info, index) =>
        {
            using var frame = new SKBitmap(codec.Info);
            codec.GetPixels(codec.Info, frame.GetPixels(), new SKCodecOptions(index)).Should().Be(SKCodecResult.Success);
            return (frame.Pixels, info.Duration);
        })];
    }

    private static (SKColor[] Pixels, int Milliseconds)[] ReadPng(string path)
    {
        var chunks = Chunks(path);
        List<(byte[] Control, List<byte> Data)> frames = [];
        foreach (var (type, data) in chunks)
            if (type == "fcTL")
                frames.Add((data, []));
            else if (type is "IDAT" or "fdAT")
                frames[^1].Data.AddRange(type == "IDAT" ? data : data[4..]);
        return [.. frames.Select(frame =>
        {
            var file = new MemoryStream();
            file.Write([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
            foreach (var (type, data) in new[] { ("IHDR", chunks[0].Data), ("IDAT", frame.Data.ToArray()), ("IEND", Array.Empty<byte>()) })
            {
                byte[] content = [.. System.Text.Encoding.ASCII.GetBytes(type), .. data];
                var number = new byte[4];
                BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
                file.Write(number);
                file.Write(content);
                BinaryPrimitives.WriteUInt32BigEndian(number, Crc32.HashToUInt32(content));
                file.Write(number);
            }
            using var bitmap = SKBitmap.Decode(file.ToArray());
            var (numerator, denominator) = (BinaryPrimitives.ReadUInt16BigEndian(frame.Control.AsSpan(20)), BinaryPrimitives.ReadUInt16BigEndian(frame.Control.AsSpan(22)));
            return (bitmap.Pixels, numerator * 1_000 / denominator);
        })];
    }

    private static List<(string Type, byte[] Data)> Chunks(string path)
    {
        var bytes = File.ReadAllBytes(path);
        List<(string, byte[])> chunks = [];
        for (var at = 8; at < bytes.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(at));
            chunks.Add((System.Text.Encoding.ASCII.GetString(bytes, at + 4, 4), bytes[(at + 8)..(at + 8 + length)]));
            BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at + 8 + length)).Should().Be(Crc32.HashToUInt32(bytes.AsSpan(at + 4, 4 + length)));
            at += 12 + length;
        }
        return chunks;
    }
}
