using static TorchSharp.torch.nn;

namespace GanSharp.Onnx;

/// <summary>
/// How modules of one class are written as ONNX nodes. TorchSharp can't record what a <c>forward</c> does, so a class with a <c>forward</c> of its own needs a rule
/// that says the same; <see cref="OnnxExport"/> runs both and refuses a rule that says something else.
/// </summary>
public sealed class OnnxRule
{
    private OnnxRule(Type type, Func<Module, OnnxScope, IReadOnlyList<OnnxValue>, OnnxValue> write) => (ModuleType, Write) = (type, write);

    /// <summary>The class. Classes derived from it need their own rule, because their <c>forward</c> may be another one.</summary>
    public Type ModuleType { get; }

    internal Func<Module, OnnxScope, IReadOnlyList<OnnxValue>, OnnxValue> Write { get; }

    /// <summary>A rule for modules with one input. For a generator it is the latents; <see cref="OnnxScope"/> gives the labels.</summary>
    /// <typeparam name="TModule">The class.</typeparam>
    /// <param name="write">Adds the nodes of <c>forward</c> for the module, its place in the graph and its input, and returns the output.</param>
    /// <returns>A rule for <see cref="OnnxExportOptions.Rules"/>.</returns>
    public static OnnxRule Of<TModule>(Func<TModule, OnnxScope, OnnxValue, OnnxValue> write)
        where TModule : Module
    {
        ArgumentNullException.ThrowIfNull(write);
        return OfSeveral<TModule>((module, scope, inputs) => write(module, scope, inputs[0]));
    }

    /// <summary>A rule for modules with several inputs: as many as their parent passes to <see cref="OnnxScope.Call"/>.</summary>
    /// <typeparam name="TModule">The class.</typeparam>
    /// <param name="write">Adds the nodes of <c>forward</c> for the module, its place in the graph and its inputs, and returns the output.</param>
    /// <returns>A rule for <see cref="OnnxExportOptions.Rules"/>.</returns>
    public static OnnxRule OfSeveral<TModule>(Func<TModule, OnnxScope, IReadOnlyList<OnnxValue>, OnnxValue> write)
        where TModule : Module
    {
        ArgumentNullException.ThrowIfNull(write);
        return new(typeof(TModule), (module, scope, inputs) => write((TModule)module, scope, inputs));
    }
}
