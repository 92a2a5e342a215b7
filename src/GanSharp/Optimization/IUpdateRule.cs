using System.Numerics;

namespace GanSharp.Optimization;

/// <summary>How an optimizer moves a vector of values; a struct, so that the pass is compiled for each rule.</summary>
internal interface IUpdateRule
{
    /// <summary>How many values the rule keeps for each parameter, 0 to 3.</summary>
    static abstract int Slots { get; }

    /// <summary>One step of a vector of values; the rule loads and stores what it keeps, at the places given. Those beyond <see cref="Slots"/> aren't its own.</summary>
    /// <returns>The values after the step.</returns>
    Vector<float> Apply(Vector<float> value, Vector<float> gradient, ref float first, ref float second, ref float third);
}

/// <summary>What happens to a gradient before any rule sees it, and to the value that it moves.</summary>
/// <param name="Shrink">1 − ηλ of decoupled weight decay.</param>
/// <param name="L2Penalty">λ of the L2 penalty.</param>
/// <param name="Factor">What it is multiplied by: below 1 where it is clipped, negative to climb.</param>
internal readonly record struct GradientRule(float Shrink, float L2Penalty, float Factor);
