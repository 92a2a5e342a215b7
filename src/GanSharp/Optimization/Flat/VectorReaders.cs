using System.Numerics;
using System.Runtime.CompilerServices;
using GanSharp.Tensors;

namespace GanSharp.Optimization.Flat;

/// <summary>Reads values as vectors of float32; a struct, so that a pass is compiled for each type.</summary>
internal interface IVectorReader
{
    /// <summary>A whole vector.</summary>
    Vector<float> Load(nuint index);

    /// <summary>One value.</summary>
    float Single(nuint index);
}

/// <summary>Reads float32.</summary>
internal readonly unsafe struct Float32Reader(nint address) : IVectorReader
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<float> Load(nuint index) => Vector.Load((float*)address + index);

    public float Single(nuint index) => ((float*)address)[index];
}

/// <summary>Reads bfloat16.</summary>
internal readonly unsafe struct BFloat16Reader(nint address) : IVectorReader
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector<float> Load(nuint index) => BFloat16.Load((ushort*)address + index);

    public float Single(nuint index) => BFloat16.Widen(((ushort*)address)[index]);
}

/// <summary>Reads zeros.</summary>
internal readonly struct ZeroReader : IVectorReader
{
    public Vector<float> Load(nuint index) => Vector<float>.Zero;

    public float Single(nuint index) => 0;
}
