using GanSharp.Networks;
using GanSharp.Optimization.Flat;
using GanSharp.Runtime;
using GanSharp.Tensors;
using TorchSharp.Modules;
using GroupNorm = TorchSharp.Modules.GroupNorm;
using LayerNorm = TorchSharp.Modules.LayerNorm;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Players;

/// <summary>
/// Lets a network compute in bfloat16 for a while: its parameters are then rounded copies of the float32 ones, and inputs and outputs are converted
/// at its border, so that nobody outside knows of it. Gradients are bfloat16 numbers, which the optimizer widens as it reads them.
/// </summary>
internal sealed class MixedPrecision : IDisposable
{
    private const ScalarType Low = ScalarType.BFloat16;
    private readonly (Tensor Parameter, Tensor Exact, Tensor Rounded)[] parameters;
    private readonly (Tensor Exact, Tensor Rounded)[] buffers, buffersOfOperators;
    private readonly Action[] removeHooks;
    private bool isRounded;

    /// <summary>Makes room for the copies.</summary>
    /// <param name="network">A generator, a discriminator, or a module from tensor to tensor.</param>
    /// <param name="flat">Its flat parameters: rounding them is one operator.</param>
    public MixedPrecision(Module network, FlatParameters flat)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var modules = network.modules().Prepend(network).Distinct().ToArray();
        var exact = modules.Where(IsNorm).SelectMany(module => module.parameters(recurse: false)).Select(parameter => parameter.Handle).ToHashSet();
        var rounded = flat.Buffers.Select(buffer => buffer.dtype == ScalarType.Float32 ? buffer.to(Low).DetachFromDisposeScope() : null).ToArray();
        var places = flat.Layout.ToDictionary(place => place.Name);
        var (found, frozenOnes) = (new List<(Tensor, Tensor, Tensor)>(), new List<(Tensor Exact, Tensor Rounded)>());
        foreach (var (name, parameter) in network.named_parameters().DistinctBy(named => named.parameter.Handle))
        {
            if (parameter.dtype != ScalarType.Float32 || exact.Contains(parameter.Handle))
                continue;
            var own = parameter.detach().DetachFromDisposeScope();
            Tensor copy;
            if (places.TryGetValue(name, out var place))
                copy = rounded[place.Buffer]!.narrow(0, place.Start, parameter.numel()).view(parameter.shape).DetachFromDisposeScope();
            else
                frozenOnes.Add((own, copy = own.to(Low).DetachFromDisposeScope()));
            found.Add((parameter, own, copy));
        }
        parameters = [.. found];
        (Tensor, Tensor)[] Pairs(Func<int, bool> isWanted) =>
            [.. Enumerable.Range(0, rounded.Length).Where(buffer => rounded[buffer] is not null && isWanted(buffer)).Select(buffer => (flat.Buffers[buffer], rounded[buffer]!))];
        buffers = [.. Pairs(_ => true), .. frozenOnes];
        buffersOfOperators = Pairs(buffer => !flat.IsManaged(buffer));
        for (var buffer = 0; buffer < rounded.Length; buffer++)
            flat.Rounded[buffer] = flat.IsManaged(buffer) ? rounded[buffer] : null;
        removeHooks = [
            .. Border(network),
            .. modules.OfType<Module<Tensor, Tensor>>().SelectMany(Conversions)];
    }

    /// <summary>The network computes in bfloat16 until the result is disposed.</summary>
    /// <param name="isContinued">Whether nothing but the optimizer has written parameters since it did so last.</param>
    public IDisposable Enter(bool isContinued = false)
    {
        SignalStack.EnsureRoom();
        if (!isContinued)
            Round(buffers);
        foreach (var (parameter, _, copy) in parameters)
            TensorData.Replace(parameter, copy);
        isRounded = true;
        return new Entered(this);
    }

    /// <summary>Rounds again, after an optimizer moved the float32 parameters, what its pass hasn't rounded as it went.</summary>
    public void Follow() => Round(buffersOfOperators);

    /// <summary>Releases the copies; the network is the float32 one.</summary>
    public void Dispose()
    {
        foreach (var remove in removeHooks)
            remove();
        foreach (var (_, exact, rounded) in parameters)
        {
            exact.Dispose();
            rounded.Dispose();
        }
        foreach (var (_, rounded) in buffers)
            rounded.Dispose();
    }

    private static void Round((Tensor Exact, Tensor Rounded)[] pairs)
    {
        using var frozen = no_grad();
        foreach (var (exact, rounded) in pairs)
            rounded.copy_(exact);
    }

    /// <summary>What goes in is rounded, what comes out is widened.</summary>
    private Action[] Border(Module network) => network switch
    {
        GeneratorNetwork generator => [
            generator.register_forward_pre_hook((_, input, labels) => isRounded ? (input.to(Low), labels) : null).remove,
            generator.register_forward_hook((_, _, _, output) => isRounded ? Widened(output) : output).remove],
        DiscriminatorNetwork discriminator => [
            discriminator.register_forward_pre_hook((_, input, labels) => isRounded ? (input.to(Low), labels) : null).remove,
            discriminator.register_forward_hook((_, _, _, output) => isRounded ? output.Map(Widened) : output).remove],
        Module<Tensor, Tensor> module => [
            module.register_forward_pre_hook((_, input) => isRounded ? input.to(Low) : input).remove,
            module.register_forward_hook((_, _, output) => isRounded ? Widened(output) : output).remove],
        _ => throw new ArgumentException($"network must be a generator, a discriminator or a module from tensor to tensor to compute in bfloat16 but is {network.GetType().Name}.", nameof(network)),
    };

    private static Tensor Widened(Tensor output) => output.to(ScalarType.Float32);

    private static bool IsNorm(Module module) => module is NormBase or GroupNorm or LayerNorm;

    private IEnumerable<Action> Conversions(Module<Tensor, Tensor> layer)
    {
        // Batch and instance norm take float32 parameters beside bfloat16 samples; these two do so on the CPU only.
        if (layer is GroupNorm or LayerNorm)
            return [
                layer.register_forward_pre_hook((_, input) => isRounded ? input.to(ScalarType.Float32) : input).remove,
                layer.register_forward_hook((_, _, output) => isRounded ? output.to(Low) : output).remove];
        // What a float32 constant made float32 again (noise, a mask) is rounded before the next matrix product.
        var isLow = layer.parameters(recurse: false).Any(parameter => parameters.Any(known => known.Parameter.Handle == parameter.Handle));
        return isLow ? [layer.register_forward_pre_hook((_, input) => isRounded && input.dtype == ScalarType.Float32 ? input.to(Low) : input).remove] : [];
    }

    private void Leave()
    {
        isRounded = false;
        foreach (var (parameter, exact, _) in parameters)
            TensorData.Replace(parameter, exact);
    }

    private sealed class Entered(MixedPrecision owner) : IDisposable
    {
        public void Dispose() => owner.Leave();
    }
}
