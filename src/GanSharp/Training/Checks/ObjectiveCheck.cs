using GanSharp.Objectives;
using GanSharp.Runtime;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Training.Checks;

/// <summary>Evaluates an objective on a few ordinary logits, so that a mistake in a subclass is found whatever the networks return.</summary>
internal static class ObjectiveCheck
{
    private const int Logits = 8;
    private const double Largest = 3;

    /// <summary>Throws if a network would learn nothing, or the wrong thing, from the objective.</summary>
    /// <param name="objective">The game.</param>
    /// <param name="generatorTrains">Whether G needs a gradient from it.</param>
    /// <param name="discriminatorTrains">Whether D needs a gradient from it.</param>
    /// <param name="device">The device of the networks.</param>
    /// <exception cref="ArgumentException">The message names the class and the method.</exception>
    public static void ThrowIfUnusable(LogitObjective objective, bool generatorTrains, bool discriminatorTrains, Device device)
    {
        using var state = OwnState.Of(objective);
        using var enabled = enable_grad();
        using var scope = NewDisposeScope();
        Tensor Leaf(double from, double to) => linspace(from, to, Logits, ScalarType.Float32, device).requires_grad_(true);
        var (real, fake) = (Leaf(-Largest, Largest), Leaf(Largest - 1, 1 - Largest));
        var name = $"{objective.GetType().Name}.{nameof(LogitObjective.DiscriminatorLoss)}";
        var loss = Checked(name, () => objective.DiscriminatorLoss(real, fake), null);
        if (discriminatorTrains)
            ThrowIfFlat(name, "D", loss, real, fake);

        name = $"{objective.GetType().Name}.{nameof(LogitObjective.GeneratorLoss)}";
        loss = Checked(name, () => objective.GeneratorLoss(fake, objective.GeneratorNeedsReal ? real.detach() : null),
            objective.GeneratorNeedsReal ? null : $" Its argument 'real' is null unless {nameof(GanObjective.GeneratorNeedsReal)} is overridden to return true.");
        if (generatorTrains)
            ThrowIfFlat(name, "G", loss, fake);
    }

    private static Tensor Checked(string name, Func<Tensor> evaluate, string? nullHint)
    {
        Tensor loss;
        try
        {
            loss = evaluate();
        }
        catch (Exception exception) when (!OutOfMemory.Explains(exception))
        {
            throw new ArgumentException($"{name} failed on {Logits} ordinary logits a side: {FirstLine.Of(exception)}.{(exception is NullReferenceException or ArgumentNullException ? nullHint : null)}", exception);
        }
        LossCheck.ThrowIfUnfit(name, "losses", loss, [Logits]);
        if (!loss.isfinite().all().item<bool>())
            throw new ArgumentException(FormattableString.Invariant($"{name} must be finite for ordinary logits but is NaN or infinite for some from {-Largest} to {Largest}. A logit may be any real number: ln D is −softplus(−logit), and never log(logit)."));
        return loss;
    }

    private static void ThrowIfFlat(string name, string network, Tensor loss, params Tensor[] logits)
    {
        var gradients = logits.Select(side => SafeGradient.Of(loss, side)).OfType<Tensor>().ToArray();
        if (gradients.Length == 0)
            throw new ArgumentException($"{name} must be differentiable in the logits but carries no gradient, so {network} would learn nothing: it is constant or cut off by detach, no_grad or a value that was read out.");
        if (gradients.All(gradient => !gradient.any().item<bool>()))
            throw new ArgumentException(FormattableString.Invariant($"{name} must depend on the logits but has gradient 0 at each from {-Largest} to {Largest}, so {network} would learn nothing."));
    }
}
