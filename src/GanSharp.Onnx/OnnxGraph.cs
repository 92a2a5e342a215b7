using System.Runtime.InteropServices;
using GanSharp.Onnx.Format;
using Google.Protobuf;
using static TorchSharp.torch;
using AttributeType = GanSharp.Onnx.Format.AttributeProto.Types.AttributeType;

namespace GanSharp.Onnx;

/// <summary>The graph that is being written: nodes, constants, inputs, and a name for each value.</summary>
internal sealed class OnnxGraph(string name)
{
    private const int Float = 1, Int64 = 7;
    // Protobuf's limit is 2 GiB for a whole file; the rest of it takes far less than what is left here.
    private const long LargestSize = 2_000_000_000;
    private readonly HashSet<string> names = [];
    private long size;

    public GraphProto Content { get; } = new() { Name = name };

    public OnnxValue Input(string input, bool isLabel, params long[] shape)
    {
        Content.Input.Add(Described(input, isLabel ? Int64 : Float, shape));
        names.Add(input);
        return new(input);
    }

    public void Output(OnnxValue value, string output, long[] shape)
    {
        Add(output, "Identity", [value], []);
        Content.Output.Add(Described(output, Float, shape));
    }

    public OnnxValue Constant(string constant, Tensor values)
    {
        using var scope = NewDisposeScope();
        var isInteger = values.dtype == ScalarType.Int64;
        var content = values.detach().to(isInteger ? ScalarType.Int64 : ScalarType.Float32).cpu().contiguous();
        size += content.bytes.Length;
        if (size > LargestSize)
            throw new OnnxExportException($"The generator's weights must fit into {LargestSize:N0} bytes, the limit of an ONNX file, but are larger.");
        var tensor = new TensorProto { Name = Unique(constant), DataType = isInteger ? Int64 : Float, RawData = ByteString.CopyFrom(content.bytes) };
        tensor.Dims.AddRange(values.shape);
        Content.Initializer.Add(tensor);
        return new(tensor.Name);
    }

    public OnnxValue Constant(string constant, ReadOnlySpan<long> values)
    {
        var tensor = new TensorProto { Name = Unique(constant), DataType = Int64, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values)) };
        tensor.Dims.Add(values.Length);
        Content.Initializer.Add(tensor);
        return new(tensor.Name);
    }

    public OnnxValue Node(string path, string operation, ReadOnlySpan<OnnxValue> inputs, params ReadOnlySpan<(string Name, object Value)> attributes) =>
        Add(Unique($"{path}/{operation}"), operation, inputs, attributes);

    private OnnxValue Add(string output, string operation, ReadOnlySpan<OnnxValue> inputs, ReadOnlySpan<(string Name, object Value)> attributes)
    {
        var node = new NodeProto { OpType = operation, Name = output };
        foreach (var input in inputs)
            node.Input.Add(input.Name ?? "");
        node.Output.Add(output);
        foreach (var (attribute, value) in attributes)
            node.Attribute.Add(Attribute(attribute, value));
        Content.Node.Add(node);
        return new(output);
    }

    private static AttributeProto Attribute(string name, object value)
    {
        var attribute = new AttributeProto { Name = name };
        switch (value)
        {
            case int or long:
                (attribute.Type, attribute.I) = (AttributeType.Int, Convert.ToInt64(value, null));
                break;
            case float or double:
                (attribute.Type, attribute.F) = (AttributeType.Float, Convert.ToSingle(value, null));
                break;
            case string text:
                (attribute.Type, attribute.S) = (AttributeType.String, ByteString.CopyFromUtf8(text));
                break;
            case IEnumerable<long> numbers:
                attribute.Type = AttributeType.Ints;
                attribute.Ints.AddRange(numbers);
                break;
            case IEnumerable<float> numbers:
                attribute.Type = AttributeType.Floats;
                attribute.Floats.AddRange(numbers);
                break;
            default:
                throw new ArgumentException($"The attribute '{name}' must be a whole number, a number, a text, or a list of long or float but is a {value?.GetType().Name ?? "null"}.", nameof(value));
        }
        return attribute;
    }

    private string Unique(string wanted)
    {
        var unique = wanted;
        for (var number = 2; !names.Add(unique); number++)
            unique = $"{wanted}_{number}";
        return unique;
    }

    /// <param name="name">Name of the value.</param>
    /// <param name="type">Of its elements.</param>
    /// <param name="shape">Without the batch, which any size has.</param>
    private static ValueInfoProto Described(string name, int type, long[] shape)
    {
        var sizes = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "batch" } } };
        sizes.Dim.AddRange(shape.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
        return new() { Name = name, Type = new() { TensorType = new() { ElemType = type, Shape = sizes } } };
    }
}
