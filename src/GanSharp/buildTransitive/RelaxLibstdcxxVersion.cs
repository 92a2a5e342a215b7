using System;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Writes a copy of TorchSharp's native library that loads with a libstdc++ older than it asks for.
/// The library needs version GLIBCXX_3.4.32 for one marker symbol that no code refers to. Marking that need as weak lets the loader
/// accept an older libstdc++; nothing else in the file changes. MSBuild compiles this file against .NET Standard 2.0 during the build.
/// </summary>
public sealed class RelaxLibstdcxxVersion : Task
{
    private const string Version = "GLIBCXX_3.4.32";
    private const uint SectionTypeVersionNeeds = 0x6ffffffe;
    private const byte Weak = 2;
    private byte[] image;

    /// <summary>The library as packaged; never written.</summary>
    [Required]
    public string Library { get; set; }

    /// <summary>Where the copy goes.</summary>
    [Required]
    public string Destination { get; set; }

    /// <summary>auto: only where the system's libstdc++ is too old; always; never.</summary>
    [Required]
    public string Mode { get; set; }

    /// <summary>True where the copy should be used instead of the library.</summary>
    [Output]
    public bool Relaxed { get; set; }

    public override bool Execute()
    {
        if (Mode != "auto" && Mode != "always" && Mode != "never")
        {
            Log.LogError("GanSharpRelaxLibstdcxx must be auto, always or never but is '{0}'.", Mode);
            return false;
        }
        if (Mode == "never" || (Mode == "auto" && SystemLibraryIsNewEnough()))
            return true;
        image = File.ReadAllBytes(Library);
        try
        {
            Relaxed = MakeNeedsWeak() > 0;
        }
        catch (ArgumentException)
        {
            Log.LogError("{0} is no 64-bit ELF library, or a damaged one: clear the NuGet cache and restore again.", Library);
            return false;
        }
        if (Relaxed)
            Write();
        return true;
    }

    /// <summary>The runtime that executes this build has libstdc++ mapped, and the file of it lists every version that it offers.</summary>
    private static bool SystemLibraryIsNewEnough()
    {
        const string Maps = "/proc/self/maps";
        if (!File.Exists(Maps))
            return true;
        var path = File.ReadLines(Maps).Where(line => line.Contains("/libstdc++.so")).Select(line => line.Substring(line.IndexOf('/'))).FirstOrDefault();
        return path == null || Encoding.GetEncoding("ISO-8859-1").GetString(File.ReadAllBytes(path)).Contains(Version);
    }

    /// <summary>Walks section .gnu.version_r; returns the number of needs of <see cref="Version"/>.</summary>
    private int MakeNeedsWeak()
    {
        if (image.Length < 64 || !image.Take(6).SequenceEqual(new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1 }))
            throw new ArgumentException("no ELF");
        var found = 0;
        for (var index = 0; index < Half(60); index++)
        {
            var section = Section(index);
            if (Word(section + 4) != SectionTypeVersionNeeds)
                continue;
            var strings = Offset(Section(Word(section + 40)) + 24);
            var library = Offset(section + 24);
            for (var libraries = Word(section + 44); libraries > 0; libraries--)
            {
                var need = library + Word(library + 8);
                for (var needs = Half(library + 2); needs > 0; needs--)
                {
                    if (IsVersion(strings + Word(need + 8)))
                    {
                        found++;
                        image[need + 4] |= Weak;
                    }
                    need += Word(need + 12);
                }
                library += Word(library + 12);
            }
        }
        return found;
    }

    /// <summary>Written beside and moved, so that a build that is killed leaves no half of a library behind; not at all where it is there already.</summary>
    private void Write()
    {
        if (File.Exists(Destination) && File.ReadAllBytes(Destination).SequenceEqual(image))
            return;
        Directory.CreateDirectory(Path.GetDirectoryName(Destination));
        File.WriteAllBytes(Destination + ".new", image);
        File.Delete(Destination);
        File.Move(Destination + ".new", Destination);
        Log.LogMessage(MessageImportance.Low, "{0} relaxed to {1}: the system's libstdc++ is older than {2}.", Library, Destination, Version);
    }

    private long Section(long index) => Offset(40) + index * Half(58);

    private bool IsVersion(long at) => Encoding.ASCII.GetString(image, checked((int)at), Version.Length + 1) == Version + "\0";

    private int Half(long at) => BitConverter.ToUInt16(image, checked((int)at));

    private long Word(long at) => BitConverter.ToUInt32(image, checked((int)at));

    private long Offset(long at) => BitConverter.ToInt64(image, checked((int)at));
}
