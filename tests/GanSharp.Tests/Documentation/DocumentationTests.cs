using System.Text.RegularExpressions;
using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Documentation;

/// <summary>What the documents show is what the compiler saw, and where they point there is something.</summary>
public sealed partial class DocumentationTests
{
    private static readonly string[] Documents =
    [
        .. new[] { "README.md", "CONTRIBUTING.md", "CHANGELOG.md" }.Select(name => Path.Combine(Repository.Root, name)),
        .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md"),
    ];

    public static TheoryData<string> DocumentNames => [.. Documents.Select(path => Path.GetRelativePath(Repository.Root, path))];

    [Theory]
    [MemberData(nameof(DocumentNames))]
    public void Every_block_of_code_is_a_region_of_a_compiled_file(string document)
    {
        var regions = Regions();

        foreach (Match block in CodeBlock().Matches(Read(document)))
        {
            block.Groups["names"].Success.Should().BeTrue($"the block needs a line like '<!-- snippet: name -->' above it: {block.Value}");
            var expected = string.Join("\n\n", block.Groups["names"].Value.Split('+', StringSplitOptions.TrimEntries).Select(name => regions[name]));
            Imports().Replace(block.Groups["code"].Value, "").TrimEnd().Should().Be(expected, document);
        }
    }

    [Theory]
    [MemberData(nameof(DocumentNames))]
    public void Every_relative_link_leads_to_a_file(string document)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Repository.Root, document))!;

        Link().Matches(Read(document)).Select(link => link.Groups[1].Value.Split('#')[0])
            .Where(target => target.Length > 0 && !target.Contains(':') && !File.Exists(Path.Combine(folder, target)) && !Directory.Exists(Path.Combine(folder, target)))
            .Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(DocumentNames))]
    public void Every_test_that_is_named_exists(string document) =>
        TestClass().Matches(Read(document)).Select(name => name.Groups[1].Value)
            .Except(typeof(DocumentationTests).Assembly.GetTypes().Select(type => type.Name)).Should().BeEmpty();

    [Fact]
    public void The_test_command_of_the_README_is_what_CI_runs()
    {
        const string Command = "dotnet test GanSharp.sln";

        Read("README.md").Should().Contain(Command);
        Read(".ci/run").Should().Contain(Command);
        Read(".github/workflows/ci.yml").Should().Contain(Command);
    }

    private static string Read(string document) => File.ReadAllText(Path.Combine(Repository.Root, document)).ReplaceLineEndings("\n");

    private static Dictionary<string, string> Regions() => Directory.GetFiles(Path.Combine(Repository.Root, "tests", "GanSharp.Contracts"), "*.cs")
        .Select(file => Path.GetRelativePath(Repository.Root, file)).Append("tests/GanSharp.Tests/Documentation/Snippets.cs")
        .SelectMany(file => Region().Matches(Read(file))).ToDictionary(region => region.Groups["name"].Value, region =>
        {
            var lines = region.Groups["body"].Value.Trim('\n').Split('\n');
            var indent = lines.Where(line => line.Trim().Length > 0).Min(line => line.Length - line.TrimStart().Length);
            return string.Join('\n', lines.Select(line => line.Length < indent ? "" : line[indent..])).TrimEnd();
        });

    [GeneratedRegex(@"(<!-- snippet: (?<names>[^>]+?) -->\n)?```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"#region (?<name>[^\n]+)\n(?<body>.*?)\n\s*#endregion", RegexOptions.Singleline)]
    private static partial Regex Region();

    /// <summary>What a program that can be pasted begins with, which stands at the top of the compiled file; ConsumerTests compile it as pasted.</summary>
    [GeneratedRegex(@"\A(using [\w.]+;\n)+\n")]
    private static partial Regex Imports();

    [GeneratedRegex("`([A-Z][A-Za-z]+Tests)`")]
    private static partial Regex TestClass();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
