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
        .. new[] { "docs", "samples", "src" }.SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.md", SearchOption.AllDirectories))
            .Where(path => !Built().IsMatch(path)).Order(StringComparer.Ordinal),
    ];

    /// <summary>Of all test projects, so from their sources.</summary>
    private static readonly Lazy<string[]> TestClasses = new(() => [.. Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*Tests.cs", SearchOption.AllDirectories)
        .Where(path => !Built().IsMatch(path)).SelectMany(path => TestClassDeclaration().Matches(File.ReadAllText(path))).Select(name => name.Groups[1].Value)]);

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
    public void Every_relative_link_leads_to_a_file_which_the_site_has_too_and_to_a_heading_of_it(string document)
    {
        var path = Path.Combine(Repository.Root, document);

        Link().Matches(Prose(path)).Select(link => link.Groups[1].Value).Where(target => !target.Contains(':')).Where(target =>
        {
            var (file, anchor) = (target.Split('#')[0], target.Split('#').ElementAtOrDefault(1));
            var full = file.Length == 0 ? path : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, file));
            return !File.Exists(full) || (anchor is not null && !Anchors(full).Contains(anchor));
        }).Should().BeEmpty();
    }

    [Fact]
    public void A_package_s_readme_is_read_where_no_file_lies_beside_it() =>
        Link().Matches(Prose(Path.Combine(Repository.Root, "docs", "package.md"))).Should().NotContain(link => !link.Groups[1].Value.Contains(':'));

    [Theory]
    [MemberData(nameof(DocumentNames))]
    public void Every_test_that_is_named_exists(string document) =>
        TestClass().Matches(Read(document)).Select(name => name.Groups[1].Value)
            .Except(TestClasses.Value).Should().BeEmpty();

    [Fact]
    public void The_test_command_of_the_README_is_what_CI_runs()
    {
        const string Command = "dotnet test GanSharp.sln";

        Read("README.md").Should().Contain(Command);
        Read(".ci/run").Should().Contain(Command);
        Read(".github/workflows/ci.yml").Should().Contain(Command);
    }

    private static string Read(string document) => File.ReadAllText(Path.Combine(Repository.Root, document)).ReplaceLineEndings("\n");

    /// <summary>A document without its blocks of code, in which brackets aren't links and # isn't a heading.</summary>
    private static string Prose(string path) => Fence().Replace(File.ReadAllText(path).ReplaceLineEndings("\n"), "");

    /// <summary>What GitHub and other forges call a document's headings: lower case, without punctuation, with hyphens for spaces, and a number from the second of its name on.</summary>
    private static HashSet<string> Anchors(string path)
    {
        var anchors = new HashSet<string>();
        foreach (Match heading in Heading().Matches(Prose(path)))
        {
            var text = Target().Replace(heading.Groups[1].Value.Trim(), "$1").ToLowerInvariant();
            var name = string.Concat(text.Where(letter => char.IsLetterOrDigit(letter) || letter is ' ' or '-' or '_')).Replace(' ', '-');
            for (var number = 0; !anchors.Add(number == 0 ? name : $"{name}-{number}"); number++)
                continue;
        }
        return anchors;
    }

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

    [GeneratedRegex(@"\bclass ([A-Z][A-Za-z]+Tests)\b")]
    private static partial Regex TestClassDeclaration();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex Target();

    [GeneratedRegex("^#{1,6} (.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("^```.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fence();

    [GeneratedRegex(@"[\\/](bin|obj)[\\/]")]
    private static partial Regex Built();
}
