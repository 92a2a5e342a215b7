using System.Buffers.Binary;
using System.Text;
using FluentAssertions;
using GanSharp.Safetensors;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Tensors;

public sealed class SafetensorsFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public static TheoryData<ScalarType> Types =>
    [
        ScalarType.Bool, ScalarType.Byte, ScalarType.Int8, ScalarType.Int16, ScalarType.Int32, ScalarType.Int64, ScalarType.BFloat16,
        ScalarType.Float16, ScalarType.Float32, ScalarType.Float64, ScalarType.ComplexFloat32,
    ];

    [Theory]
    [MemberData(nameof(Types))]
    public void Every_shared_type_comes_back_bit_for_bit(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var values = randn(3, 5).mul(50).to(type);
        var path = Write(("values", values), ("scalar", values[1, 2]), ("empty", values.narrow(0, 0, 0)));

        using var file = SafetensorsFile.Read(path);

        foreach (var (name, expected) in new[] { ("values", values), ("scalar", values[1, 2]), ("empty", values.narrow(0, 0, 0)) })
        {
            var found = file.Tensors[name];
            (found.dtype, found.requires_grad).Should().Be((type, false));
            found.shape.Should().Equal(expected.shape);
            found.bytes.SequenceEqual(expected.contiguous().bytes).Should().BeTrue(name);
        }
    }

    [Fact]
    public void Shapes_strides_and_special_values_survive_whatever_they_are()
    {
        using var scope = NewDisposeScope();
        var random = new Random(7);
        var tensors = Enumerable.Range(0, 200).Select(index =>
        {
            using var inner = NewDisposeScope();
            var values = randn(Enumerable.Range(0, random.Next(1, 6)).Select(_ => (long)random.Next(1, 6)).ToArray());
            values = values.where(values > -1, tensor(float.NaN)).where(values < 1.5, tensor(float.NegativeInfinity));
            if (values.dim() > 1)
                values = values.transpose(0, random.Next((int)values.dim()));
            return ($"é\"\\\n{index}", (random.Next(2) == 0 ? values : values.slice(0, 0, values.shape[0], 2)).MoveToOuterDisposeScope());
        }).ToArray();

        using var file = SafetensorsFile.Read(Write(tensors));

        file.Tensors.Should().HaveCount(200);
        foreach (var (name, values) in tensors)
            file.Tensors[name].bytes.SequenceEqual(values.contiguous().bytes).Should().BeTrue(name);
    }

    [Fact]
    public void A_view_that_libtorch_only_marks_as_negative_or_conjugate_is_written_by_value()
    {
        using var scope = NewDisposeScope();
        var values = complex(arange(1f, 4f), arange(4f, 7f)).conj();

        using var file = SafetensorsFile.Read(Write(("conjugate", values), ("imaginary", values.imag)));

        file.Tensors["imaginary"].data<float>().ToArray().Should().Equal(-4, -5, -6);
        file.Tensors["conjugate"].imag.contiguous().resolve_neg().data<float>().ToArray().Should().Equal(-4, -5, -6);
    }

    [Fact]
    public void A_tensor_above_one_piece_is_written_whole_from_any_strides()
    {
        using var scope = NewDisposeScope();
        // 20 MB each, pieces of 16 MB: split along rows, within a row, and across strides.
        var values = randint(0, 256, [20, 1 << 20], ScalarType.Byte);
        var (wide, tall) = (values.view(1, -1), values.t());

        using var file = SafetensorsFile.Read(Write(("rows", values), ("row", wide), ("strided", tall)));

        file.Tensors["rows"].bytes.SequenceEqual(values.bytes).Should().BeTrue();
        file.Tensors["row"].bytes.SequenceEqual(values.bytes).Should().BeTrue();
        file.Tensors["strided"].eq(tall).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void The_file_is_what_the_format_says_byte_for_byte()
    {
        using var scope = NewDisposeScope();
        var path = folder.File("file");
        using (var stream = File.Create(path))
            SafetensorsFile.Write(stream, [("a", tensor(new byte[] { 7 })), ("b", tensor(new[] { 1.5f, -2f }))], new Dictionary<string, string> { ["k"] = "v" });
        const string Header = """{"__metadata__":{"k":"v"},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"a":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}}""";
        var padded = Header.PadRight((Header.Length + 7) / 8 * 8);

        File.ReadAllBytes(path).Should().Equal([(byte)padded.Length, 0, 0, 0, 0, 0, 0, 0, .. Encoding.UTF8.GetBytes(padded), 0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0, 7]);
        using var file = SafetensorsFile.Read(path);
        file.Metadata.Should().Equal(new Dictionary<string, string> { ["k"] = "v" });
    }

    [Fact]
    public void What_cannot_be_written_is_named_before_a_byte_is()
    {
        using var scope = NewDisposeScope();
        using var stream = new MemoryStream();
        void Refused(string message, params (string, Tensor)[] tensors)
        {
            var write = () => SafetensorsFile.Write(stream, tensors);
            write.Should().Throw<ArgumentException>().WithMessage(message + "*");
        }

        Refused("tensors must have a name of their own each but 'a' occurs twice.", ("a", ones(1)), ("a", ones(1)));
        Refused("tensors can't use the name '__metadata__', which the format reserves.", ("__metadata__", ones(1)));
        Refused("tensors must be dense and of a type that safetensors has (BOOL, *) but 'a' is ComplexFloat64.", ("a", ones(1, ScalarType.ComplexFloat64)));
        Refused("tensors must be dense and of a type that safetensors has (BOOL, *) but 'a' is sparse.", ("a", sparse_coo_tensor(tensor(new long[,] { { 0 }, { 1 } }), ones(1), [2, 2])));
        Refused("Names, shapes and metadata must take at most 16,777,216 bytes as JSON but take 16,777,27*", (new string('n', 1 << 24), ones(1)));
        stream.Length.Should().Be(0);
    }

    public static TheoryData<string, byte[], string> Damaged => new()
    {
        { "empty", [], "must begin with the header's length in 8 bytes but has 0 bytes." },
        { "short", [1, 0, 0, 0], "must begin with the header's length in 8 bytes but has 4 bytes." },
        { "long-header", [0, 0, 0, 0, 0, 0, 0, 0x80], "must have a header of at most 16,777,216 bytes but announces 9,223,372,036,854,775,808." },
        { "header-beyond-file", [9, 0, 0, 0, 0, 0, 0, 0, (byte)'{', (byte)'}'], "announces a header of 9 bytes but has only 2 after its first 8." },
        { "no-header", new byte[8], "must have a header that begins with '{' but it is empty." },
        { "array", Raw("[]"), "must have a header that begins with '{' but it begins with byte 5b." },
        { "space-first", Raw(" {}"), "must have a header that begins with '{' but it begins with byte 20." },
        { "not-utf8", [3, 0, 0, 0, 0, 0, 0, 0, (byte)'{', 0xff, (byte)'}'], "must have a header in UTF-8 but it holds other bytes." },
        { "no-json", Raw("{\"a\":"), "has a header that is no valid JSON: *" },
        { "half-surrogate", Raw("{\"\\ud800\":1}"), "has a header that is no valid JSON: *" },
        { "deep", Raw($"{{\"a\":{new string('[', 100_000)}"), "has a header that is no valid JSON: *depth*" },
        { "twice", Raw($"{{\"a\":{Entry("U8", "[1]", 0, 1)},\"a\":{Entry("U8", "[1]", 1, 2)}}}", 2), "has a header that is no valid JSON: Duplicate property 'a'*" },
        { "twice-escaped", Raw($"{{\"a\":{Entry("U8", "[1]", 0, 1)},\"\\u0061\":{Entry("U8", "[1]", 1, 2)}}}", 2), "has a header that is no valid JSON: Duplicate property 'a'*" },
        { "metadata", Raw("{\"__metadata__\":[]}"), "must have an object as __metadata__ but has []." },
        { "metadata-number", Raw("{\"__metadata__\":{\"a\":1}}"), "must have strings in __metadata__ but 'a' is 1." },
        { "missing", Raw("{\"a\":{\"dtype\":\"U8\",\"shape\":[0]}}"), "must give tensor 'a' a dtype, a shape, data_offsets and nothing else but has {\"dtype\":\"U8\",\"shape\":[0]}." },
        { "unknown", Raw("{\"a\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0],\"x\":1}}"), "must give tensor 'a' a dtype, a shape, data_offsets and nothing else but has *\"x\":1}." },
        { "no-object", Raw("{\"a\":3}"), "must give tensor 'a' a dtype, a shape, data_offsets and nothing else but has 3." },
        { "type", One("F8_E4M3", "[1]", 0, 1), "must give tensor 'a' one of the types BOOL, U8, I8, *, C64 but has \"F8_E4M3\"." },
        { "negative", One("U8", "[-1]", 0, 0), "must give tensor 'a' a shape of at most 64 whole numbers from 0 but has [-1]." },
        { "fraction", One("U8", "[1.0]", 0, 1), "must give tensor 'a' a shape of at most 64 whole numbers from 0 but has [1.0]." },
        { "dimensions", One("U8", $"[{string.Join(',', Enumerable.Repeat(1, 65))}]", 0, 1), "must give tensor 'a' a shape of at most 64 whole numbers from 0 but has *" },
        { "overflow", One("F64", "[4294967296,4294967296]", 0, 0), "must hold tensor 'a' of F64 [4294967296, 4294967296] in more than 2^63 bytes but gives it 0." },
        { "overflow-of-nothing", One("F64", "[0,4294967296,4294967296]", 0, 0), "must hold tensor 'a' of F64 [0, 4294967296, 4294967296] in more than 2^63 bytes but gives it 0." },
        { "too-few", One("F32", "[2]", 0, 4), "must hold tensor 'a' of F32 [2] in 8 bytes but gives it 4." },
        { "backwards", One("U8", "[1]", 1, 0, 1), "must give tensor 'a' two offsets in order, from 0 to the 1 bytes behind the header, but has [1,0]." },
        { "beyond", One("U8", "[9]", 0, 9, 5), "must give tensor 'a' two offsets in order, from 0 to the 5 bytes behind the header, but has [0,9]." },
        { "huge-offset", Raw("{\"a\":{\"dtype\":\"U8\",\"shape\":[9],\"data_offsets\":[0,99999999999999999999]}}"), "must give tensor 'a' two offsets in order, *" },
        { "gap", One("U8", "[1]", 1, 2), "must have no gaps: tensor 'a' begins at byte 1 but the one before it ends at 0." },
        { "overlap", Raw($"{{\"a\":{Entry("U8", "[2]", 0, 2)},\"b\":{Entry("U8", "[2]", 1, 3)}}}", 3), "must have no overlaps: tensor 'b' begins at byte 1 but the one before it ends at 2." },
        { "rest", One("U8", "[1]", 0, 1, 4), "must end with its last tensor but has 3 bytes after it." },
        { "bool", [.. One("BOOL", "[2]", 0, 2)[..^2], 1, 3], "must hold 0 or 1 in each byte of the BOOL tensor 'a' but holds 3." },
    };

    [Theory]
    [MemberData(nameof(Damaged))]
    public void A_file_that_breaks_a_rule_is_named_with_the_rule_and_what_was_found(string name, byte[] content, string message)
    {
        var path = folder.File(name);
        File.WriteAllBytes(path, content);
        var before = LiveTensors.Settled();
        var read = () => SafetensorsFile.Read(path);

        read.Should().Throw<InvalidSafetensorsException>().WithMessage($"'{path}' {message}");
        Tensor.TotalCount.Should().Be(before);
    }

    [Fact]
    public void Reading_an_announced_but_absent_terabyte_takes_no_memory()
    {
        var path = folder.File("lie");
        File.WriteAllBytes(path, One("F32", "[274877906944]", 0, 1L << 40, 8));
        var read = () => SafetensorsFile.Read(path);
        var before = GC.GetAllocatedBytesForCurrentThread();

        read.Should().Throw<InvalidSafetensorsException>().WithMessage("*from 0 to the 8 bytes behind the header*");

        (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(1_000_000);
    }

    [Fact]
    public void Tensors_live_as_long_as_the_file_and_no_longer()
    {
        var before = LiveTensors.Settled();
        SafetensorsFile file;
        using (NewDisposeScope())
            file = SafetensorsFile.Read(Write(("a", ones(2))));

        file.Tensors["a"].data<float>().ToArray().Should().Equal(1, 1);
        file.Dispose();

        Tensor.TotalCount.Should().Be(before);
    }

    [Fact]
    public void A_missing_file_is_a_missing_file()
    {
        var read = () => SafetensorsFile.Read(folder.File("nowhere"));

        read.Should().Throw<FileNotFoundException>();
    }

    public void Dispose() => folder.Dispose();

    private string Write(params (string, Tensor)[] tensors)
    {
        var path = folder.File("written.safetensors");
        using var stream = File.Create(path);
        SafetensorsFile.Write(stream, tensors);
        return path;
    }

    private static string Entry(string type, string shape, long begin, long end) => $$"""{"dtype":"{{type}}","shape":{{shape}},"data_offsets":[{{begin}},{{end}}]}""";

    private static byte[] One(string type, string shape, long begin, long end, int? dataBytes = null) => Raw($"{{\"a\":{Entry(type, shape, begin, end)}}}", dataBytes ?? (int)end);

    private static byte[] Raw(string json, int dataBytes = 0)
    {
        var header = Encoding.UTF8.GetBytes(json);
        var bytes = new byte[8 + header.Length + dataBytes];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, header.Length);
        header.CopyTo(bytes, 8);
        return bytes;
    }
}
