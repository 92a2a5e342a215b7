using System.Numerics;

namespace GanSharp.Optimization.Flat;

/// <summary>
/// How an optimizer moves a vector of float32 values on the CPU: the fast path of <see cref="CustomOptimizerOptions{TRule}"/>, in one pass that reads and writes every
/// value once. A struct, so that the pass is compiled for each rule; mark <see cref="Apply"/> with <c>[MethodImpl(MethodImplOptions.AggressiveInlining)]</c>.
/// </summary>
public interface IUpdateRule
{
    /// <summary>How many values the rule keeps for each parameter, 0 to 3.</summary>
    static abstract int Slots { get; }

    /// <summary>One step of <c>Vector&lt;float&gt;.Count</c> values. What the rule keeps is loaded with <c>Vector.LoadUnsafe(ref first)</c> and stored with <c>StoreUnsafe(ref first)</c>.</summary>
    /// <param name="value">The parameters, after weight decay.</param>
    /// <param name="gradient">Their gradients, clipped, with the L2 penalty's part.</param>
    /// <param name="first">The first of the values kept in slot 0.</param>
    /// <param name="second">The same of slot 1; not the rule's where it has fewer <see cref="Slots"/>.</param>
    /// <param name="third">The same of slot 2.</param>
    /// <returns>The parameters after the step.</returns>
    Vector<float> Apply(Vector<float> value, Vector<float> gradient, ref float first, ref float second, ref float third);
}

/// <summary>What happens to a gradient before any rule sees it, and to the value that it moves.</summary>
/// <param name="Shrink">1 − ηλ of decoupled weight decay.</param>
/// <param name="L2Penalty">λ of the L2 penalty.</param>
/// <param name="Factor">What it is multiplied by: below 1 where it is clipped.</param>
internal readonly record struct GradientRule(float Shrink, float L2Penalty, float Factor);
