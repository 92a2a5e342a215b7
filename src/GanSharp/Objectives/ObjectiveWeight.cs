namespace GanSharp.Objectives;

/// <summary>The rule for the weight of a term.</summary>
internal static class ObjectiveWeight
{
    /// <exception cref="ArgumentOutOfRangeException">It is negative or not finite.</exception>
    public static void ThrowIfInvalid(double weight, string name)
    {
        if (!(weight >= 0 && double.IsFinite(weight)))
            throw new ArgumentOutOfRangeException(name, weight, $"{name} must be finite and at least 0.");
    }
}
