using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks;

internal static class ModuleExtensions
{
    /// <summary>Where the module's parameters live; the CPU for a module without any.</summary>
    public static Device Device(this Module module) => module.parameters().FirstOrDefault()?.device ?? CPU;

    /// <summary>Runs <paramref name="action"/> in evaluation mode and restores the mode that was in force.</summary>
    public static T Evaluating<T>(this Module module, Func<T> action)
    {
        var wasTraining = module.training;
        module.eval();
        try
        {
            return action();
        }
        finally
        {
            module.train(wasTraining);
        }
    }
}
