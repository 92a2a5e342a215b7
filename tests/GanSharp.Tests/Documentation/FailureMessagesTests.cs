using System.Text.RegularExpressions;
using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Documentation;

/// <summary>docs/failures.md quotes what the code says.</summary>
public sealed partial class FailureMessagesTests
{
    private static readonly string[] Sources = [.. Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.*", SearchOption.AllDirectories)
        .Where(path => Path.GetExtension(path) is ".cs" or ".targets" && !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .Select(File.ReadAllText)];

    public static TheoryData<string> Messages => [.. Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "failures.md"))).Select(row => row.Groups[1].Value)];

    [Theory]
    [MemberData(nameof(Messages))]
    public void Every_message_on_the_page_of_failures_is_in_the_code(string message)
    {
        var parts = message.Split('…', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

        Sources.Should().Contain(source => parts.All(part => source.Contains(part.Trim('\''), StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"^\| `([^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
