using System.Buffers.Binary;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace GanSharp.Runtime;

/// <summary>
/// Which kernels the MKL inside libtorch chooses. MKL calls <c>mkl_serv_intel_cpu_true</c> to find out whether the processor is from Intel before it looks at
/// the instruction sets, and that function returns the value of a variable once it holds 0 or 1. This class only sets the variable first.
/// </summary>
internal static class MklDispatch
{
    private const string Library = "libtorch_cpu.so", Question = "mkl_serv_intel_cpu_true", Choice = "mkl_serv_cpu_detect";
    private const int NotAsked = -1, No = 0, Yes = 1;
    private static bool isApplied;

    private delegate int Choose();

    public static string State { get; private set; } = "as by default";

    public static void UseFastPath()
    {
        if (isApplied)
            return;
        if (Find(out var answer, out var chosen, out var choose) is { } refusal)
        {
            State = $"as by default (its fast path was refused: {refusal})";
            return;
        }
        if (Marshal.ReadInt32(answer) == Yes)
        {
            State = "as by default (the processor is Intel's, so its fast path needs no help)";
            return;
        }
        if (Marshal.ReadInt32(chosen) != NotAsked)
        {
            State = "as by default (its fast path was refused: MKL has chosen its kernels already; apply the tuning before the first tensor operation)";
            return;
        }
        Marshal.WriteInt32(answer, Yes);
        var kernels = Marshal.GetDelegateForFunctionPointer<Choose>(choose)();
        Verify();
        isApplied = true;
        State = FormattableString.Invariant($"on its fast path (kernels of type {kernels})");
    }

    /// <summary>
    /// Address of the variable that <c>mkl_serv_intel_cpu_true</c> reads, or null where the code isn't the expected
    /// <c>mov eax, [rip + d]; test eax, eax; js +1; ret</c>.
    /// </summary>
    internal static nint? AnswerAddress(ReadOnlySpan<byte> code, nint address) =>
        code is [0x8B, 0x05, _, _, _, _, 0x85, 0xC0, 0x78, 0x01, 0xC3, ..] ? address + 6 + BinaryPrimitives.ReadInt32LittleEndian(code[2..]) : null;

    /// <summary>Address of the variable with the chosen type of processor, or null where the code isn't <c>cmp dword [rip + d], 0; js</c>.</summary>
    internal static nint? ChosenAddress(ReadOnlySpan<byte> code, nint address) =>
        code is [0x83, 0x3D, _, _, _, _, 0x00, 0x78, ..] ? address + 7 + BinaryPrimitives.ReadInt32LittleEndian(code[2..]) : null;

    /// <summary>Finds the two variables and the function that chooses the kernels, or says why it can't.</summary>
    private static string? Find(out nint answer, out nint chosen, out nint choose)
    {
        answer = chosen = choose = 0;
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            return "it is known for Linux on x64 only";
        var map = MemoryMap.Read().Where(region => region.FileName == Library).ToArray();
        if (map.Length == 0 || !NativeLibrary.TryLoad(map[0].Path, out var library))
            return $"{Library} isn't loaded";
        if (!NativeLibrary.TryGetExport(library, Question, out var question) || !NativeLibrary.TryGetExport(library, Choice, out choose))
            return "this libtorch has no MKL, or one that hides its choice";
        var (knownAnswer, knownChosen) = (AnswerAddress(Code(question), question), ChosenAddress(Code(choose), choose));
        if (!IsVariable(knownAnswer, map) || !IsVariable(knownChosen, map) || Marshal.ReadInt32(knownAnswer!.Value) is not (NotAsked or No or Yes))
            return "this libtorch's MKL isn't the one that is known";
        (answer, chosen) = (knownAnswer.Value, knownChosen!.Value);
        return null;
    }

    private static byte[] Code(nint function)
    {
        var code = new byte[11];
        Marshal.Copy(function, code, 0, code.Length);
        return code;
    }

    private static bool IsVariable(nint? address, MemoryMap[] map) => address is { } known && map.Any(region => region.IsWritable && region.Holds(known, sizeof(int)));

    /// <summary>Products of small integers are exact in float32, so any difference from the product in integer arithmetic is an error.</summary>
    private static void Verify()
    {
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        const int Rows = 67, Inner = 259, Columns = 93;
        var left = Enumerable.Range(0, Rows * Inner).Select(index => index * 7 % 11 - 5).ToArray();
        var right = Enumerable.Range(0, Inner * Columns).Select(index => index * 5 % 13 - 6).ToArray();
        var expected = new int[Rows * Columns];
        for (var row = 0; row < Rows; row++)
            for (var inner = 0; inner < Inner; inner++)
                for (var column = 0; column < Columns; column++)
                    expected[row * Columns + column] += left[row * Inner + inner] * right[inner * Columns + column];
        foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64 })
        {
            var (a, b) = (tensor(left).view(Rows, Inner).to(type), tensor(right).view(Inner, Columns).to(type));
            foreach (var product in new[] { a.mm(b), b.t().mm(a.t()).t(), a.mm(b.t().contiguous().t()), a.t().contiguous().t().mm(b) })
                if (!product.to(ScalarType.Int32).flatten().data<int>().ToArray().AsSpan().SequenceEqual(expected))
                    throw new InvalidOperationException($"MKL's fast path gives wrong {type} products on this processor. End this process, and leave ComputeTuning.MklFastPath off.");
        }
    }
}
