using System.Globalization;
using GanSharp.Tests.Interop;

namespace GanSharp.Benchmarks;

/// <summary>This side of tests/peers/interop_check.py, which runs it.</summary>
internal static class InteropCommand
{
    private const double Tolerance = 1e-5;

    public static int Run(string action, string folder, string size)
    {
        if (action == "write")
        {
            InteropFiles.Write(folder, size);
            return 0;
        }
        var differences = InteropFiles.Compare(folder, size).ToList();
        foreach (var (name, difference) in differences)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"PyTorch -> GanSharp  {name,-20} largest difference {difference:0.0e+00}"));
        return differences.All(entry => entry.LargestDifference < Tolerance) ? 0 : 1;
    }
}
