using GanSharp.Penalties;
using GanSharp.Runtime;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Training.Checks;

/// <summary>Evaluates and differentiates each penalty once.</summary>
internal static class PenaltyCheck
{
    /// <exception cref="ArgumentException">The message names the penalty and what to change.</exception>
    public static void ThrowIfUnusable(IReadOnlyList<DiscriminatorPenalty> penalties, WatchedPass watched, bool discriminatorTrains)
    {
        foreach (var penalty in penalties)
            // A penalty whose state is too large to copy isn't tried.
            if (OwnState.TryOf(penalty) is { } state)
                using (state)
                    ThrowIfUnusable(penalty, watched, discriminatorTrains);
    }

    /// <exception cref="ArgumentException">Likewise.</exception>
    public static void ThrowIfUnusable(IReadOnlyList<GeneratorPenalty> penalties, GeneratorPass pass, bool generatorTrains)
    {
        foreach (var penalty in penalties)
            if (OwnState.TryOf(penalty) is { } state)
                using (state)
                    ThrowIfUnfit(penalty, () => penalty.Evaluate(pass), [(int)pass.Samples.size(0), (int)pass.Output.Logits.size(0)], generatorTrains, "G");
    }

    private static void ThrowIfUnusable(DiscriminatorPenalty penalty, WatchedPass watched, bool discriminatorTrains)
    {
        var (name, pass) = (penalty.GetType().Name, watched.Pass);
        TrialStep.ClearGradients(pass.Discriminator);
        watched.Forget();
        ThrowIfUnfit(penalty, () => penalty.Evaluate(pass), [(int)pass.Real.Samples.size(0), (int)pass.Real.Logits.size(0)], discriminatorTrains, "D", () =>
        {
            var (real, fake) = watched.Differentiated;
            if (real && !penalty.NeedsRealGradient)
                throw NotAsked(nameof(DiscriminatorPenalty.NeedsRealGradient), "real");
            if (fake && !penalty.NeedsFakeGradient)
                throw NotAsked(nameof(DiscriminatorPenalty.NeedsFakeGradient), "generated");
        });

        ArgumentException NotAsked(string property, string side) =>
            new($"{name}.{nameof(penalty.Evaluate)} differentiates logits with respect to {side} samples but doesn't ask for their gradient. Override {property} to return true.");
    }

    private static void ThrowIfUnfit(Penalty penalty, Func<Tensor> evaluate, int[] counts, bool trains, string player, Action? check = null)
    {
        var name = penalty.GetType().Name;
        if (penalty.EverySteps < 1)
            throw new ArgumentException($"{name}.{nameof(Penalty.EverySteps)} must be at least 1 but is {penalty.EverySteps}.");
        if (string.IsNullOrWhiteSpace(penalty.Name))
            throw new ArgumentException($"{name}.{nameof(Penalty.Name)} must hold a name but is {(penalty.Name is null ? "null" : "empty")}.");
        Tensor values;
        try
        {
            values = evaluate();
        }
        catch (Exception exception) when (!OutOfMemory.Explains(exception))
        {
            throw new ArgumentException($"{name}.Evaluate failed on a trial pass: {FirstLine.Of(exception)}.", exception);
        }
        check?.Invoke();
        LossCheck.ThrowIfUnfit($"{name}.Evaluate", "penalties", values, counts);
        if (!trains)
            return;
        if (values.requires_grad)
            ThrowIfNotDifferentiable(name, values, player);
        // A penalty may be off at first and then return a constant 0.
        else if (values.any().item<bool>())
            throw new ArgumentException($"{name}.Evaluate must be differentiable in {player}'s parameters but carries no gradient, so it would change nothing: it is constant or cut off by detach, no_grad, a value that was read out, or autograd.grad without create_graph.");
    }

    private static void ThrowIfNotDifferentiable(string name, Tensor values, string player)
    {
        try
        {
            values.sum().backward(retain_graph: true);
        }
        catch (Exception exception) when (!OutOfMemory.Explains(exception))
        {
            throw new ArgumentException($"{name} can't be differentiated in {player}'s parameters: {FirstLine.Of(exception)}. A penalty of gradients differentiates {player} twice, and every operator of {player} must allow that.", exception);
        }
    }
}
