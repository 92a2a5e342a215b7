using System.Runtime.InteropServices;
using System.Text;
using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Arrays;
using GanSharp.Networks;
using GanSharp.Training;
using GanSharp.Training.Runs;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Data;

public sealed class NpyDatasetTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Theory]
    [InlineData(ScalarType.Byte)]
    [InlineData(ScalarType.Float32)]
    public void The_sequence_is_that_of_the_tensor_in_memory_bit_for_bit(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var rows = arange(0, 50 * 6).mul(0.7).to(type).view(50, 1, 2, 3);
        var labels = arange(50, ScalarType.Int64) % 4;
        NpyFile.Write(Samples, [rows[..20], rows[20..21], rows[21..]]);
        NpyFile.Write(Labels, [labels]);
        using var inMemory = new InMemoryDataset(rows, labels, name: "samples").Split(0.3, seed: 5);

        using var mapped = NpyDataset.Open(Samples, Labels, heldOutFraction: 0.3, seed: 5);

        (mapped.Name, mapped.Count, mapped.HeldOut!.Name, mapped.HeldOut.Count).Should().Be(("samples", 35, "samples, held out", 15));
        DatasetFingerprint.Compute(mapped).Should().Be(DatasetFingerprint.Compute(inMemory));
        mapped.Draw(3, 30, 60).Samples.equal(inMemory.Draw(3, 30, 60).Samples).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void Millions_of_rows_are_each_on_one_side_and_visited_once_an_epoch()
    {
        const int Count = (1 << 20) + 77, HeldOut = 1_000;
        using var scope = NewDisposeScope();
        var numbers = arange(Count, ScalarType.Int64);
        NpyFile.Write(Samples, [stack([numbers % 256, numbers / 256 % 256, numbers / 65_536], 1).to(ScalarType.Byte)]);

        using var data = NpyDataset.Open(Samples, heldOutFraction: (double)HeldOut / Count);
        Tensor Numbers(Dataset part, long epoch)
        {
            var bytes = part.Draw(1, epoch * part.Count!.Value, (int)part.Count).Samples.add(1).mul(127.5).round().to(ScalarType.Int64);
            return bytes[.., 0] + bytes[.., 1] * 256 + bytes[.., 2] * 65_536;
        }

        var (training, next, heldOut) = (Numbers(data, 0), Numbers(data, 1), Numbers(data.HeldOut!, 0));

        heldOut.shape.Should().Equal(HeldOut);
        cat([training, heldOut]).sort().Values.equal(numbers).all().item<bool>().Should().BeTrue();
        next.sort().Values.equal(training.sort().Values).all().item<bool>().Should().BeTrue();
        next.eq(training).sum().item<long>().Should().BeLessThan(8, "one agreement is expected of two epochs");
    }

    [Theory]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }", 1, 118)]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }", 2, 116)]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }", 3, 60)]
    [InlineData("{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3, 4), }", 1, 70)]
    public void A_file_of_NumPy_is_read(string text, byte version, int textBytes)
    {
        using var scope = NewDisposeScope();
        byte[] values = [.. Enumerable.Range(0, 6).SelectMany(value => BitConverter.GetBytes(value * 1.5f))];
        File.WriteAllBytes(Samples, Npy(text, values, version, textBytes));

        using var data = NpyDataset.Open(Samples, heldOutFraction: 0);

        var drawn = data.Draw(0, 0, (int)data.Count!).Samples.flatten();
        if (text.Contains("f4", StringComparison.Ordinal))
            drawn.data<float>().Order().Should().Equal(0, 1.5f, 3, 4.5f, 6, 7.5f);
        else
            drawn.add(1).mul(127.5).round().to(ScalarType.Byte).data<byte>().Order().Should().Equal(values.Order());
    }

    [Fact]
    public void What_is_written_begins_as_NumPy_writes_it()
    {
        using var scope = NewDisposeScope();
        NpyFile.Write(Samples, [ones(3, 2)]);
        var bytes = File.ReadAllBytes(Samples);

        bytes.Should().HaveCount(128 + 24);
        bytes[..10].Should().Equal(0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, 118, 0);
        Encoding.ASCII.GetString(bytes[10..128]).Should().Be("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }".PadRight(117) + "\n");
    }

    [Theory]
    [InlineData("{'descr': '<f8', 'fortran_order': False, 'shape': (3, 1), }", "must hold values of type *but has '<f8'. Convert them with astype, such as values.astype('float32').")]
    [InlineData("{'descr': '>f4', 'fortran_order': False, 'shape': (3, 2), }", "must hold values of type *but has '>f4'*")]
    [InlineData("{'descr': '<f4', 'fortran_order': True, 'shape': (3, 2), }", "must be in C order*")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4, 2), }", "*as many as its shape says, but 24 bytes follow*")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }", "must end after the 4 values of its shape (2, 2) but has 8 more bytes.")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 2), }", "must hold at least one value*")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (), }", "must hold at least one value*")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296, 6), }", "must hold at least one value*")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999, 1), }", "must hold at least one value*")]
    [InlineData("{'descr': '<f4', 'fortran_order': False, 'shape': (6,), }", "must hold uint8 or float32 samples of shape [[]N, …[]] but holds Float32 of shape [[]6[]].")]
    [InlineData("{'descr': '<i4', 'fortran_order': False, 'shape': (3, 2), }", "must hold uint8 or float32 samples*")]
    [InlineData("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (6, 1), }", "must have a header with descr*")]
    [InlineData("", "must have a header with descr*")]
    public void A_header_that_can_t_be_used_is_refused(string text, string rule)
    {
        File.WriteAllBytes(Samples, Npy(text, new byte[24]));

        Opening().Should().Throw<InvalidDatasetException>().WithMessage($"'{Samples}' {rule.Replace("[[]", "[").Replace("[]]", "]")}");
    }

    [Fact]
    public void What_is_no_such_file_is_refused()
    {
        Opening().Should().Throw<FileNotFoundException>();
        File.WriteAllText(Samples, "no array, whatever its name");
        Opening().Should().Throw<InvalidDatasetException>().WithMessage($"'{Samples}' is no .npy file*");
        File.WriteAllBytes(Samples, Npy("", [], version: 2, textBytes: 0)[..12]);
        Opening().Should().Throw<InvalidDatasetException>().WithMessage($"'{Samples}' must have a header*");
        File.WriteAllBytes(Samples, [.. Npy("", [], version: 2, textBytes: 0)[..8], 0xff, 0xff, 0xff, 0xff, .. new byte[90]]);
        Opening().Should().Throw<InvalidDatasetException>().WithMessage($"'{Samples}' announces a header of 4,294,967,295 bytes but may have at most 90.");
        File.WriteAllBytes(Samples, Npy("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 2), }", new byte[24], textBytes: 61));
        Opening().Should().Throw<InvalidDatasetException>().WithMessage($"'{Samples}' must begin its values at a multiple of their 4 bytes but begins them at byte 71.");
    }

    [Fact]
    public void Labels_and_fractions_are_checked()
    {
        using var scope = NewDisposeScope();
        NpyFile.Write(Samples, [ones(3, 2)]);
        NpyFile.Write(Labels, [ones(4, ScalarType.Int64)]);

        FluentActions.Invoking(() => NpyDataset.Open(Samples, Labels)).Should().Throw<InvalidDatasetException>()
            .WithMessage($"'{Labels}' must hold an integer for each of the 3 samples of '{Samples}' but holds Int64 of shape [4].");
        FluentActions.Invoking(() => NpyDataset.Open(Samples, heldOutFraction: 1)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("heldOutFraction must be at least 0 and below 1.*");
    }

    [Fact]
    public void A_row_with_NaN_is_named_when_it_is_drawn()
    {
        using var scope = NewDisposeScope();
        var rows = ones(1_500, 2);
        rows[1_234, 1] = float.NaN;
        NpyFile.Write(Samples, [rows]);
        using var data = NpyDataset.Open(Samples);

        FluentActions.Invoking(() => (data.Draw(0, 0, (int)data.Count!), data.HeldOut!.Draw(0, 0, 150))).Should().Throw<InvalidDatasetException>()
            .WithMessage("'samples*' must hold finite values but row 1,234 of its file holds NaN or infinity.");
    }

    [Fact]
    public void Pieces_that_make_no_array_are_refused_and_leave_the_file_as_it_was()
    {
        using var scope = NewDisposeScope();
        NpyFile.Write(Samples, [ones(3, 2)]);
        Action Writing(params Tensor[] pieces) => () => NpyFile.Write(Samples, pieces);

        Writing().Should().Throw<ArgumentException>().WithMessage("pieces must hold at least one tensor but holds none.*");
        Writing(ones(2, 2), ones(2, 3)).Should().Throw<ArgumentException>().WithMessage("pieces must be alike but for the number of rows: the first is Float32 of shape [2, 2], another Float32 of shape [2, 3].*");
        Writing(ones(2, 2, ScalarType.Float64)).Should().Throw<ArgumentException>().WithMessage("pieces must be uint8, int64 or float32*but one is Float64 of shape [2, 2].*");
        Writing(ones(0, 2)).Should().Throw<ArgumentException>().WithMessage("*but one is Float32 of shape [0, 2].*");

        using var data = NpyDataset.Open(Samples, heldOutFraction: 0);
        data.Count.Should().Be(3);
        Directory.GetFiles(folder.FullName).Should().Equal(Samples);
    }

    [Fact]
    public void Draws_leave_nothing_behind_and_the_file_is_let_go()
    {
        using (var rows = ones(100, 3))
            NpyFile.Write(Samples, [rows]);
        var before = LiveTensors.Settled();
        using (var data = NpyDataset.Open(Samples))
        {
            var opened = Tensor.TotalCount;
            for (var position = 0; position < 500; position += 7)
            {
                using var scope = NewDisposeScope();
                data.Draw(0, position, 7);
            }
            Tensor.TotalCount.Should().Be(opened);
            if (OperatingSystem.IsLinux())
                OpenFiles().Should().Contain(Samples);
        }
        Tensor.TotalCount.Should().Be(before);
        OpenFiles().Should().NotContain(Samples);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_file_that_is_shortened_while_it_is_open_ends_the_draw_and_not_the_process(bool readsAhead)
    {
        using var scope = NewDisposeScope();
        manual_seed(0);
        NpyFile.Write(Samples, [randn(4_000, 2)]);
        using var data = NpyDataset.Open(Samples);
        using var generator = new MlpGenerator(2, 8, 2);
        using var discriminator = new MlpDiscriminator(2, 8);
        using var trainer = new GanTrainer(generator, discriminator, data, new() { Prefetch = readsAhead, Diagnostics = new() { Samples = 0 } });
        var train = () =>
        {
            foreach (var _ in trainer.Train(200))
                if (trainer.Step == 5)
                    Shorten(Samples, bytes: 4_000);
        };

        train.Should().Throw<TrainingFailedException>()
            .WithMessage($"Training failed after step *: 'samples' can't be read at samples * of its sequence: '{Samples}' had 32,128 bytes when it was opened but has 4,000 now, so that row * is gone. Put it back as it was*");
        trainer.Step.Should().BeInRange(5, 10);
    }

    public void Dispose() => folder.Dispose();

    private string Samples => folder.File("samples.npy");

    private string Labels => folder.File("labels.npy");

    private static string[] OpenFiles() =>
        OperatingSystem.IsLinux() ? [.. Directory.GetFiles("/proc/self/fd").Select(descriptor => new FileInfo(descriptor).LinkTarget ?? "")] : [];

    /// <summary>As another program does: those of .NET are kept from it by a lock.</summary>
    private static void Shorten(string path, long bytes)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets nobody shorten a file that is open here");
        Truncate(path, bytes).Should().Be(0);
    }

#pragma warning disable SYSLIB1054, CA2101 // LibraryImport would need unsafe code.
    [DllImport("libc", EntryPoint = "truncate", BestFitMapping = false, ThrowOnUnmappableChar = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Truncate([MarshalAs(UnmanagedType.LPUTF8Str)] string path, long length);
#pragma warning restore SYSLIB1054, CA2101

    private Func<NpyDataset> Opening() => () => NpyDataset.Open(Samples, heldOutFraction: 0);

    private static byte[] Npy(string text, byte[] values, byte version = 1, int textBytes = 118) =>
        [0x93, .. "NUMPY"u8, version, 0, .. version == 1 ? BitConverter.GetBytes((ushort)textBytes) : BitConverter.GetBytes(textBytes), .. Encoding.ASCII.GetBytes(text.PadRight(Math.Max(textBytes - 1, 0)) + (textBytes > 0 ? "\n" : "")), .. values];
}
