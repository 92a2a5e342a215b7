using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks;

internal static class ModuleExtensions
{
    /// <summary>Where the module's parameters live; the CPU for a module without any.</summary>
    public static Device Device(this Module module) => module.parameters().FirstOrDefault()?.device ?? CPU;

    /// <summary>Runs <paramref name="action"/> in evaluation mode and restores the modes that were in force.</summary>
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

    /// <summary>Whether the module and each module in it is in training mode, parents before children: a part may be kept in another mode than the whole.</summary>
    public static (Module Module, bool IsTraining)[] Modes(this Module module) =>
        [.. module.modules().Prepend(module).Distinct().Select(part => (part, part.training))];

    /// <summary>Puts the modes back.</summary>
    public static void Restore(this (Module Module, bool IsTraining)[] modes)
    {
        // A parent's train() sets its children too; they come after it and have the last word.
        foreach (var (part, isTraining) in modes)
            part.train(isTraining);
    }
}
