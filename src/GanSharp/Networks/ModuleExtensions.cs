using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks;

internal static class ModuleExtensions
{
    /// <summary>The device of the module's parameters; the CPU for a module without any.</summary>
    public static Device Device(this Module module) => module.parameters().FirstOrDefault()?.device ?? CPU;

    /// <summary>Runs <paramref name="action"/> in evaluation mode and restores the previous modes.</summary>
    public static T Evaluating<T>(this Module module, Func<T> action)
    {
        var modes = module.Modes();
        module.eval();
        try
        {
            return action();
        }
        finally
        {
            modes.Restore();
        }
    }

    /// <summary>Whether the module and each module in it is in training mode, parents before children: a submodule may be in another mode than its parent.</summary>
    public static (Module Module, bool IsTraining)[] Modes(this Module module) =>
        [.. module.modules().Prepend(module).Distinct().Select(part => (part, part.training))];

    /// <summary>Restores the modes.</summary>
    public static void Restore(this (Module Module, bool IsTraining)[] modes)
    {
        // A parent's train() sets its children too; the children come after it, so their modes are set last.
        foreach (var (part, isTraining) in modes)
            part.train(isTraining);
    }
}
