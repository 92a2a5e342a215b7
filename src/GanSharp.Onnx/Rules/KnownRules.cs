namespace GanSharp.Onnx.Rules;

/// <summary>The rules of TorchSharp's layers and of this library's blocks and generators.</summary>
internal static class KnownRules
{
    public static IReadOnlyDictionary<Type, OnnxRule> With(IReadOnlyList<OnnxRule> own, double truncation)
    {
        var rules = new Dictionary<Type, OnnxRule>();
        // Later rules take the place of earlier ones: the user's come last.
        foreach (var rule in (IEnumerable<OnnxRule>)[
            .. LinearRules.All, .. NormRules.All, .. ActivationRules.All, .. ShapeRules.All, .. ResamplingRules.All, .. BlockRules.All, .. GeneratorRules.All, .. StyleGanRules.All(truncation), .. own])
            rules[rule.ModuleType] = rule;
        return rules;
    }
}
