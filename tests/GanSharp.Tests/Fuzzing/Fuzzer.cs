using System.Diagnostics;
using System.Text.RegularExpressions;

namespace GanSharp.Tests.Fuzzing;

/// <summary>
/// Feeds a reader mutated files. An input is a pure function of (seed, number), so a fault repeats; the input at work lies in the folder,
/// so that one which kills the process is there to be looked at.
/// </summary>
internal static partial class Fuzzer
{
    public static FuzzResult Run(FuzzTarget target, int inputs, int seed, string folder)
    {
        var mutator = new Mutator(target.Corpus, target.Tokens);
        var path = Path.Combine(folder, "input");
        var (accepted, refused) = (0, 0);
        var (rules, faults) = (new HashSet<string>(), new List<string>());
        var (largest, slowest) = (0L, 0.0);
        var peak = PeakBytes();
        for (var number = 0; number < inputs; number++)
        {
            var random = new Random(unchecked(seed * 1_000_003 + number));
            var input = mutator.Next(random);
            File.WriteAllBytes(path, number % 2 == 0 ? input : target.Repair(input));
            var (allocated, started) = (GC.GetTotalAllocatedBytes(), Stopwatch.GetTimestamp());
            try
            {
                target.Read(path);
                accepted++;
            }
            catch (Exception exception) when (target.Refusals.Contains(exception.GetType()))
            {
                refused++;
                rules.Add(Particulars().Replace(exception.Message, ""));
            }
            catch (Exception exception)
            {
                faults.Add($"{target.Name}, seed {seed}, input {number}: {exception.GetType()}: {exception.Message}");
            }
            largest = Math.Max(largest, GC.GetTotalAllocatedBytes() - allocated);
            slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        return new FuzzResult
        {
            Target = target.Name,
            Inputs = inputs,
            Accepted = accepted,
            Refused = refused,
            Rules = rules.Count,
            LargestAllocatedBytes = largest,
            PeakGrowthBytes = PeakBytes() - peak,
            SlowestMilliseconds = slowest,
            Faults = faults,
        };
    }

    private static long PeakBytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }

    [GeneratedRegex(@"'.*'|"".*""|\{.*\}|\[.*\]|0x\w+|\d[\d,.]*", RegexOptions.Singleline)]
    private static partial Regex Particulars();
}
