using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Documentation;

/// <summary>docs/options.md is what the code says.</summary>
public sealed class OptionsPageTests
{
    private static readonly string Page = Path.Combine(Repository.Root, "docs", "options.md");

    [Fact]
    public void The_page_of_options_is_current()
    {
        var written = OptionsPage.Write();
        if (Environment.GetEnvironmentVariable("GANSHARP_WRITE_OPTIONS") == "1")
            File.WriteAllText(Page, written);

        File.ReadAllText(Page).ReplaceLineEndings("\n").Should().Be(written, ".ci/update-options writes what the code says");
    }

    [Fact]
    public void Every_option_has_a_meaning() => OptionsPage.Write().Split('\n').Where(line => line.EndsWith("|  |", StringComparison.Ordinal)).Should().BeEmpty();
}
