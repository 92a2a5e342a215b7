using System;
using System.IO;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Writes a copy of TorchSharp.dll whose methods keep their arguments alive until they return.
/// TorchSharp passes a native address and nothing keeps its owner alive during the call, so a garbage collection started by any thread may
/// free a number or a tensor under the running operator. The assembly's DebuggableAttribute tells the JIT whether to optimize its methods;
/// in methods that are not optimized every argument lives to the end. Four bytes of metadata change, the length stays.
/// MSBuild compiles this file against .NET Standard 2.0 during the build.
/// </summary>
public sealed class KeepTorchSharpArgumentsAlive : Task
{
    // The attribute's blob in metadata: its length, prolog 1, DebuggingModes, no named arguments (ECMA-335, II.23.3).
    // 2 is IgnoreSymbolStoreSequencePoints. 0x107 is Default, DisableOptimizations and the same; a Debug build has it.
    private static readonly byte[] Optimized = { 8, 1, 0, 2, 0, 0, 0, 0, 0 };
    private static readonly byte[] NotOptimized = { 8, 1, 0, 7, 1, 0, 0, 0, 0 };

    /// <summary>TorchSharp.dll as packaged; never written.</summary>
    [Required]
    public string Library { get; set; }

    /// <summary>Where the copy goes.</summary>
    [Required]
    public string Destination { get; set; }

    public override bool Execute()
    {
        var image = File.ReadAllBytes(Library);
        var place = Find(image, Optimized, 0);
        if (place >= 0 && Find(image, Optimized, place + 1) < 0)
            NotOptimized.CopyTo(image, place);
        else if (Find(image, NotOptimized, 0) < 0)
        {
            Log.LogWarning(null, "GANSHARP002", null, null, 0, 0, 0, 0,
                "{0} does not have the attribute that GanSharp knows how to change, so a garbage collection on another thread may free a number under a running operator. "
                + "Use the TorchSharp version that GanSharp asks for, or set GanSharpKeepTorchSharpArgumentsAlive to false if this version keeps its arguments alive by itself.", Library);
            return true;
        }
        Write(image);
        return true;
    }

    private static int Find(byte[] image, byte[] pattern, int from)
    {
        for (var start = from; start <= image.Length - pattern.Length; start++)
        {
            var length = 0;
            while (length < pattern.Length && image[start + length] == pattern[length])
                length++;
            if (length == pattern.Length)
                return start;
        }
        return -1;
    }

    /// <summary>Written beside and moved, so that a build that is killed leaves no half of a library behind.</summary>
    private void Write(byte[] image)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        File.WriteAllBytes(Destination + ".new", image);
        File.Delete(Destination);
        File.Move(Destination + ".new", Destination);
    }
}
