using System.Diagnostics.CodeAnalysis;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Onnx;

/// <summary>A module's place in an ONNX graph: what its rule writes with. Names are those of the module's registered children, parameters and buffers, as in a file of weights.</summary>
public sealed class OnnxScope
{
    private readonly Module module;
    private readonly OnnxGraph graph;
    private readonly IReadOnlyDictionary<Type, OnnxRule> rules;
    private readonly OnnxValue? labels;
    private readonly bool areMixtures;

    internal OnnxScope(Module module, string path, OnnxGraph graph, IReadOnlyDictionary<Type, OnnxRule> rules, OnnxValue? labels, bool areMixtures) =>
        (this.module, Path, this.graph, this.rules, this.labels, this.areMixtures) = (module, path, graph, rules, labels, areMixtures);

    /// <summary>Where the module is in the network, such as "body.activation1"; empty for the network itself.</summary>
    public string Path { get; }

    /// <summary>Writes a child by its rule.</summary>
    /// <param name="child">Its name; one in a list has the list's name and its place, such as "blocks.0".</param>
    /// <param name="inputs">What it is called with, labels apart.</param>
    /// <returns>The child's output.</returns>
    /// <exception cref="OnnxExportException">There is no rule for the child or for something in it.</exception>
    /// <exception cref="ArgumentException">The module has no child of that name.</exception>
    public OnnxValue Call(string child, params OnnxValue[] inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        return Within(child).Write(inputs);
    }

    /// <summary>Writes a parameter or buffer of the module.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>A constant of the same shape; float32 unless the values are int64.</returns>
    /// <exception cref="ArgumentException">The module has no parameter or buffer of that name.</exception>
    public OnnxValue Weight(string name) => graph.Constant(At(name), Tensor(name));

    /// <summary>Writes values that aren't the module's.</summary>
    /// <param name="name">What it is, for those who read the file.</param>
    /// <param name="values">Its values, of any shape: written as int64 where they are, else as float32.</param>
    /// <returns>A constant of the shape of <paramref name="values"/>.</returns>
    public OnnxValue Constant(string name, Tensor values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return graph.Constant(At(name), values);
    }

    /// <summary>Writes a number.</summary>
    /// <param name="name">What it is, for those who read the file.</param>
    /// <param name="value">The number, rounded to float32.</param>
    /// <returns>A constant without dimensions.</returns>
    public OnnxValue Constant(string name, double value)
    {
        using var scope = NewDisposeScope();
        return graph.Constant(At(name), tensor((float)value));
    }

    /// <summary>Adds a node of one output.</summary>
    /// <param name="operation">An operator of ONNX's default domain, version 17, such as "Relu".</param>
    /// <param name="inputs">Its inputs; <c>default</c> for an optional one that is left out.</param>
    /// <param name="attributes">Names and values: whole numbers, numbers, texts, lists of <c>long</c> or <c>float</c>.</param>
    /// <returns>The output.</returns>
    public OnnxValue Node(string operation, OnnxValue[] inputs, params (string Name, object Value)[] attributes) => graph.Node(Path, operation, inputs, attributes);

    /// <summary>The values of each sample in another shape.</summary>
    /// <param name="input">Shape [N, …].</param>
    /// <param name="shape">Without the batch; one size may be −1.</param>
    /// <returns>Shape [N, shape].</returns>
    public OnnxValue Reshape(OnnxValue input, params long[] shape) => Node("Reshape", [input, Shape([0, .. shape])]);

    /// <summary>Vectors of the classes that are asked for.</summary>
    /// <param name="embedding">Name of the child, an embedding with a row for each class.</param>
    /// <returns>Shape [N, d]: each label's row, or each mixture's mean of rows.</returns>
    public OnnxValue LookUp(string embedding)
    {
        var table = Within(embedding).Weight("weight");
        return areMixtures ? Node("MatMul", [Labels(), table]) : Node("Gather", [table, Labels()]);
    }

    /// <summary>The classes that are asked for, as one-hot codes or as the mixtures that they are.</summary>
    /// <param name="classes">Number of classes.</param>
    /// <returns>Float, shape [N, classes].</returns>
    public OnnxValue ClassCodes(int classes)
    {
        if (areMixtures)
            return Labels();
        using var scope = NewDisposeScope();
        var equal = Node("Equal", [Node("Unsqueeze", [Labels(), Shape(1)]), Constant("classes", arange(classes, ScalarType.Int64))]);
        return Node("Cast", [equal], ("to", 1));
    }

    internal OnnxValue Shape(params ReadOnlySpan<long> sizes) => graph.Constant(At("shape"), sizes);

    internal OnnxValue Write(IReadOnlyList<OnnxValue> inputs)
    {
        if (rules.TryGetValue(module.GetType(), out var rule))
            return rule.Write(module, this, inputs);
        throw Unsupported($"has no rule by which it is written as ONNX. Give it one: new OnnxExportOptions {{ Rules = [OnnxRule.Of<{module.GetType().Name}>((module, scope, input) => …)] }}, or build the generator from modules that have one.");
    }

    [DoesNotReturn]
    internal void Refuse(string reason) => throw Unsupported(reason);

    internal OnnxScope Within(string child)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(child);
        var (found, path) = (module, Path);
        foreach (var name in child.Split('.'))
        {
            found = found.named_children().FirstOrDefault(named => named.name == name).module
                ?? throw new ArgumentException($"child must name a registered child of {module.GetType().Name} but is '{child}'. There are: {string.Join(", ", module.named_children().Select(named => named.name))}.", nameof(child));
            path = path.Length == 0 ? name : $"{path}.{name}";
        }
        return new(found, path, graph, rules, labels, areMixtures);
    }

    internal bool Has(string child) => module.named_children().Any(named => named.name == child);

    internal Tensor Tensor(string name) => Find(name)
        ?? throw new ArgumentException($"name must be that of a parameter or buffer of {module.GetType().Name} but is '{name}'.", nameof(name));

    internal Tensor? Find(string name) => module.named_parameters(recurse: false).Where(named => named.name == name).Select(named => (Tensor)named.parameter)
        .Concat(module.named_buffers(recurse: false).Where(named => named.name == name).Select(named => named.buffer)).FirstOrDefault();

    private OnnxValue Labels() => labels ?? throw Unsupported("asks for labels, but the generator's Classes is null. Override Classes in the generator.");

    private string At(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    private OnnxExportException Unsupported(string reason) =>
        new($"{(Path.Length == 0 ? "The generator" : $"'{Path}'")} ({module.GetType().FullName}) {reason}") { ModuleType = module.GetType(), ModulePath = Path };
}
