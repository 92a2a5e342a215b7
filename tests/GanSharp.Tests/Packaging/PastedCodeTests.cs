using System.Text.RegularExpressions;
using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Packaging;

/// <summary>The code of the documents compiles where a reader pastes it: in a project with the packages and the quick start's usings, and nothing of this repository.</summary>
[Collection(typeof(PackageTestGroup))]
public sealed partial class PastedCodeTests(PackedLibrary library)
{
    /// <summary>What the pages say that it is the reader's.</summary>
    private const string Yours = """
        global using static Yours;
        global using GanSharp.Live;
        global using GanSharp.Mpi;
        global using GanSharp.Onnx;
        global using Microsoft.AspNetCore.Builder;
        global using Microsoft.AspNetCore.Http;
        global using Microsoft.Extensions.Configuration;
        global using Microsoft.Extensions.Logging;

        internal static class Yours
        {
            public static GanTrainer trainer => null!;
            public static GeneratorNetwork generator => null!;
            public static DiscriminatorNetwork discriminator => null!;
            public static Dataset data => null!;
            public static CancellationToken cancellation => default;
            public static CancellationToken stopping => default;
            public static WebApplication app => null!;
            public static IConfiguration configuration => null!;
        }
        """;

    [Fact]
    public void Every_block_compiles_with_the_usings_of_the_quick_start()
    {
        var project = library.Project("pasted", "return 0;", backend: false);
        var path = Path.Combine(project, "pasted.csproj");
        var others = new[] { "Reporting", "LivePage", "Mpi", "Onnx" }.Select(name => $"""<PackageReference Include="GanSharp.{name}" Version="{library.Version}" />""");
        File.WriteAllText(path, File.ReadAllText(path).Replace("<ItemGroup>", $"""<ItemGroup><FrameworkReference Include="Microsoft.AspNetCore.App" />{string.Concat(others)}""", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(project, "Usings.cs"), Usings().Match(Read("docs/quickstart.md")).Groups[1].Value);
        File.WriteAllText(Path.Combine(project, "Yours.cs"), Yours);
        // The tutorial's code stands in the template's project, and complete programs are run by ConsumerTests.
        var blocks = Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md").Append("CONTRIBUTING.md").Where(page => Path.GetFileName(page) != "tutorial.md")
            .SelectMany(page => Block().Matches(Read(page))).DistinctBy(block => block.Groups["name"].Value).Where(block => !block.Groups["code"].Value.StartsWith("using GanSharp", StringComparison.Ordinal)).ToArray();
        foreach (var block in blocks)
        {
            var (name, code) = (block.Groups["name"].Value.Replace(' ', '_'), block.Groups["code"].Value);
            var isClass = code.Contains("public sealed ", StringComparison.Ordinal);
            // CS1998: not every block awaits.
            File.WriteAllText(Path.Combine(project, $"{name}.cs"), isClass ? code : $"#pragma warning disable CS1998\ninternal static class Pasted_{name}\n{{\npublic static async Task Run()\n{{\n{code}}}\n}}\n");
        }
        blocks.Should().HaveCountGreaterThan(30);

        var (exitCode, output) = DotnetCommand.Run(project, "build", "--nologo", "-v:q");

        exitCode.Should().Be(0, output);
        output.Should().NotContain("warning");
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path)).ReplaceLineEndings("\n");

    [GeneratedRegex("```\n(global using .*?)```", RegexOptions.Singleline)]
    private static partial Regex Usings();

    [GeneratedRegex("<!-- snippet: (?<name>[^>]+?) -->\n```csharp\n(?<code>.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();
}
