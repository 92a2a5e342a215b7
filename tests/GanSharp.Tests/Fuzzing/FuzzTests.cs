using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Fuzzing;

/// <summary>A short run over every target; the command 'fuzz' of GanSharp.Benchmarks makes the long one.</summary>
public sealed class FuzzTests
{
    private const int Inputs = 300;
    private const long LargestBytes = 4 << 20;

    [Fact]
    public void Whatever_the_bytes_a_reader_ends_in_a_value_or_a_typed_refusal_within_bounded_memory()
    {
        using var folder = new TemporaryFolder();

        foreach (var target in FuzzTargets.All(folder.FullName))
        {
            using var owned = target;
            var result = Fuzzer.Run(target, Inputs, seed: 1, folder.FullName);

            result.Faults.Should().BeEmpty();
            result.Accepted.Should().BePositive($"some mutations of {target.Name} leave a file good");
            result.Refused.Should().BeGreaterThan(Inputs / 4, target.Name);
            result.Rules.Should().BeGreaterThan(2, $"inputs must get past the first check of {target.Name}");
            result.LargestAllocatedBytes.Should().BeLessThan(LargestBytes, target.Name);
        }
    }

    [Fact]
    public void An_exception_of_another_type_is_reported_with_what_repeats_it()
    {
        using var folder = new TemporaryFolder();
        using var target = new FuzzTarget { Name = "fragile", Corpus = [[1, 2, 3]], Read = path => _ = File.ReadAllBytes(path)[2], Refusals = [typeof(IOException)] };

        var result = Fuzzer.Run(target, 200, seed: 5, folder.FullName);

        result.Faults.Should().NotBeEmpty().And.AllSatisfy(fault => fault.Should().MatchRegex(@"^fragile, seed 5, input \d+: System.IndexOutOfRangeException: "));
        (result.Accepted + result.Refused + result.Faults.Count).Should().Be(200);
        Fuzzer.Run(target, 200, seed: 5, folder.FullName).Faults.Should().Equal(result.Faults);
    }
}
