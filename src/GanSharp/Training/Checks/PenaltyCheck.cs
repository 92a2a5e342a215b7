using GanSharp.Penalties;
using GanSharp.Runtime;
using static TorchSharp.torch;

namespace GanSharp.Training.Checks;

/// <summary>Evaluates and differentiates each penalty once.</summary>
internal static class PenaltyCheck
{
    /// <exception cref="ArgumentException">The message names the penalty and what to change.</exception>
    public static void ThrowIfUnusable(IReadOnlyList<Penalty> penalties, WatchedPass watched, bool discriminatorTrains)
    {
        foreach (var penalty in penalties)
            // One whose state is too large to be put back isn't tried.
            if (OwnState.TryOf(penalty) is { } state)
                using (state)
                    ThrowIfUnusable(penalty, watched, discriminatorTrains);
    }

    private static void ThrowIfUnusable(Penalty penalty, WatchedPass watched, bool discriminatorTrains)
    {
        var (name, pass) = (penalty.GetType().Name, watched.Pass);
        TrialStep.ClearGradients(pass.Discriminator);
        watched.Forget();
        Tensor values;
        try
        {
            values = penalty.Evaluate(pass);
        }
        catch (Exception exception) when (!OutOfMemory.Explains(exception))
        {
            throw new ArgumentException($"{name}.{nameof(Penalty.Evaluate)} failed on a trial pass: {FirstLine.Of(exception)}.", exception);
        }
        var (real, fake) = watched.Differentiated;
        if (real && !penalty.NeedsRealGradient)
            throw NotAsked(nameof(Penalty.NeedsRealGradient), "real");
        if (fake && !penalty.NeedsFakeGradient)
            throw NotAsked(nameof(Penalty.NeedsFakeGradient), "generated");
        LossCheck.ThrowIfUnfit($"{name}.{nameof(Penalty.Evaluate)}", "penalties", values, [(int)pass.Real.Samples.size(0), (int)pass.Real.Logits.size(0)]);
        if (!discriminatorTrains)
            return;
        if (values.requires_grad)
            ThrowIfNotDifferentiable(name, values);
        // A penalty may be off at first and then be a plain 0.
        else if (values.any().item<bool>())
            throw new ArgumentException($"{name}.{nameof(Penalty.Evaluate)} must be differentiable in D's parameters but carries no gradient, so it would change nothing: it is constant or cut off by detach, no_grad, a value that was read out, or autograd.grad without create_graph.");

        ArgumentException NotAsked(string property, string side) =>
            new($"{name}.{nameof(Penalty.Evaluate)} differentiates logits with respect to {side} samples but doesn't ask for their gradient. Override {property} to return true.");
    }

    private static void ThrowIfNotDifferentiable(string name, Tensor values)
    {
        try
        {
            values.sum().backward(retain_graph: true);
        }
        catch (Exception exception) when (!OutOfMemory.Explains(exception))
        {
            throw new ArgumentException($"{name} can't be differentiated in D's parameters: {FirstLine.Of(exception)}. A penalty of gradients differentiates D twice, and every operator of D must allow that.", exception);
        }
    }
}
