using System.Numerics;
using System.Runtime.CompilerServices;
using GanSharp.Optimization;
using GanSharp.Optimization.Flat;

namespace GanSharp.Contracts;

/// <summary>Lion with a vector pass for float32 values on the CPU.</summary>
public sealed record VectorLion() : CustomOptimizerOptions<VectorLion.SignRule>(learningRate: 1e-4)
{
    public override IReadOnlyList<string> Slots => ["momentum"];

    public override SignRule Rule(double learningRate, long steps) => new((float)learningRate);

    public override void Update(OptimizerStep state) => new Lion().Update(state);

    public readonly struct SignRule(float rate) : IUpdateRule
    {
        public static int Slots => 1;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(Vector<float> value, Vector<float> gradient, ref float first, ref float second, ref float third)
        {
            var kept = Vector.LoadUnsafe(ref first);
            (kept * 0.99f + gradient * 0.01f).StoreUnsafe(ref first);
            var direction = kept * 0.9f + gradient * 0.1f;
            var length = Vector.ConditionalSelect(Vector.Equals(direction, Vector<float>.Zero), Vector<float>.Zero, new Vector<float>(rate));
            return value - Vector.CopySign(length, direction);
        }
    }
}
