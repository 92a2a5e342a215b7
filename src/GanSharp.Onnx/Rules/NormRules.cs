using GanSharp.Networks.Normalization;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GanSharp.Onnx.Rules;

/// <summary>Normalizations, as in evaluation mode.</summary>
internal static class NormRules
{
    public static IReadOnlyList<OnnxRule> All { get; } =
    [
        OnnxRule.Of<BatchNorm1d>(Batch),
        OnnxRule.Of<BatchNorm2d>(Batch),
        OnnxRule.Of<InstanceNorm2d>((norm, scope, input) =>
        {
            if (norm.track_running_stats)
                scope.Refuse("must not track running statistics to be written as ONNX.");
            return scope.Node("InstanceNormalization", [input, .. Affine(scope, norm.weight, norm.bias, norm.num_features)], ("epsilon", norm.eps));
        }),
        OnnxRule.Of<LayerNorm>((norm, scope, input) =>
        {
            var (weight, bias) = (scope.Find("weight"), scope.Find("bias"));
            OnnxValue[] scale = [scope.Constant("weight", weight ?? ones(norm.normalized_shape))];
            return scope.Node("LayerNormalization", [input, .. scale, .. bias is null ? Array.Empty<OnnxValue>() : [scope.Constant("bias", bias)]],
                ("axis", -norm.normalized_shape.Length), ("epsilon", norm.eps));
        }),
        OnnxRule.Of<GroupNorm>((norm, scope, input) =>
        {
            // Each group as one channel of an instance norm; then scale and shift of each channel. Operator set 17 has no group norm.
            var groups = norm.num_groups;
            var result = scope.Node("InstanceNormalization", [scope.Reshape(input, groups, -1), .. Affine(scope, null, null, groups)], ("epsilon", norm.eps));
            if (scope.Find("weight") is { } weight)
            {
                Tensor InGroups(Tensor values) => values.view(groups, -1, 1);
                result = scope.Multiply(scope.Reshape(result, groups, weight.shape[0] / groups, -1), scope.Constant("weight", InGroups(weight)));
                result = scope.Add(result, scope.Constant("bias", InGroups(scope.Tensor("bias"))));
            }
            return scope.InShapeOf(result, input);
        }),
        OnnxRule.Of<ConditionalBatchNorm2d>((_, scope, input) => scope.Add(
            scope.Multiply(scope.Call("norm", input), scope.PerChannel(scope.LookUp("scale"))), scope.PerChannel(scope.LookUp("shift")))),
    ];

    private static OnnxValue Batch(NormBase norm, OnnxScope scope, OnnxValue input)
    {
        if (norm.running_mean is not { } mean || norm.running_var is not { } variance)
        {
            scope.Refuse("must track running statistics to be written as ONNX: otherwise a sample depends on its batch.");
            return default;
        }
        return scope.Node("BatchNormalization",
            [input, .. Affine(scope, norm.weight, norm.bias, norm.num_features), scope.Constant("running_mean", mean), scope.Constant("running_var", variance)], ("epsilon", norm.eps));
    }

    private static OnnxValue[] Affine(OnnxScope scope, Tensor? weight, Tensor? bias, long channels) =>
        [scope.Constant("weight", weight ?? ones(channels)), scope.Constant("bias", bias ?? zeros(channels))];
}
