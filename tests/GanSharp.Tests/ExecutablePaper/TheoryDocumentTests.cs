using System.Reflection;
using System.Text.RegularExpressions;
using FluentAssertions;
using GanSharp.Training;
using Xunit;

namespace GanSharp.Tests.ExecutablePaper;

/// <summary>docs/theory.md is held to the code: its equations, names, links and figures.</summary>
public sealed partial class TheoryDocumentTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "docs");
    private static readonly string Text = File.ReadAllText(Path.Combine(Folder, "theory.md"));

    /// <summary>The rows of the equations, cell by cell: numbers, equation, words, names in the library, names of tests.</summary>
    private static IEnumerable<(int[] Numbers, string Library, string Tests)> Equations =>
        from Match row in EquationRow().Matches(Text)
        let first = int.Parse(row.Groups["first"].Value)
        let last = row.Groups["last"] is { Success: true } end ? int.Parse(end.Value) : first
        let cells = row.Value.Split(" | ")
        select (Enumerable.Range(first, last - first + 1).ToArray(), cells[3], cells[4]);

    [Fact]
    public void Each_of_the_21_equations_is_in_the_table_once() =>
        Equations.SelectMany(row => row.Numbers).Should().Equal(Enumerable.Range(1, 21));

    [Fact]
    public void Each_equation_names_a_type_of_the_library_and_tests_that_carry_its_number()
    {
        foreach (var (numbers, library, tests) in Equations)
        {
            CodeName().Matches(library).Should().NotBeEmpty().And.OnlyContain(name => Resolves(name.Value.Trim('`'), typeof(GanTrainer).Assembly));
            var tested = CodeName().Matches(tests)
                .Select(name => typeof(TheoryDocumentTests).Assembly.GetType($"{typeof(TheoryDocumentTests).Namespace}.{name.Value.Trim('`')}", throwOnError: true)!)
                .SelectMany(type => type.GetMethods())
                .SelectMany(method => method.GetCustomAttribute<EquationAttribute>()?.Numbers ?? []);
            numbers.Should().BeSubsetOf(tested);
        }
    }

    [Fact]
    public void Every_name_exists()
    {
        var names = CodeName().Matches(Text).Select(match => match.Value.Trim('`')).ToArray();

        names.Should().HaveCountGreaterThan(40);
        names.Where(name => !Resolves(name, typeof(GanTrainer).Assembly) && !Resolves(name, typeof(TheoryDocumentTests).Assembly)).Should().BeEmpty();
    }

    [Fact]
    public void Every_link_leads_to_what_it_names()
    {
        foreach (Match link in Link().Matches(Text))
        {
            var target = Path.GetFullPath(Path.Combine(Folder, link.Groups["path"].Value));
            (File.Exists(target) || Directory.Exists(target)).Should().BeTrue(target);
            if (target.EndsWith(".cs", StringComparison.Ordinal))
                Path.GetFileNameWithoutExtension(target).Should().Be(link.Groups["name"].Value.Trim('`').Split('.')[0]);
        }
    }

    [Fact]
    public void Every_figure_stands_in_a_test()
    {
        var tests = string.Join('\n', new[] { "GanSharp.Tests/ExecutablePaper", "GanSharp.MeasurementTests/Diagnostics" }
            .SelectMany(layer => Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests", layer), "*.cs"))
            .Select(File.ReadAllText));
        var figures = Figure().Matches(Text).Select(figure => figure.Value).ToArray();

        figures.Should().HaveCountGreaterThan(20);
        figures.Where(figure => !Regex.IsMatch(tests, $@"(?<![\d.]){Regex.Escape(figure)}(?![\de])")).Should().BeEmpty();
    }

    private static bool Resolves(string name, Assembly assembly)
    {
        var parts = name.Split('.');
        return assembly.GetTypes().Any(type => type.Name == parts[0] && (type.IsPublic || assembly != typeof(GanTrainer).Assembly)
            && (parts.Length == 1 || type.GetMember(parts[1]).Length > 0));
    }

    [GeneratedRegex(@"^\| (?<first>\d+)(–(?<last>\d+))? \| .*\[`.*$", RegexOptions.Multiline)]
    private static partial Regex EquationRow();

    [GeneratedRegex(@"`[A-Z]\w*(\.\w+)?`")]
    private static partial Regex CodeName();

    [GeneratedRegex(@"\[(?<name>[^\]]+)\]\((?<path>[^)]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\d+\.\d+(e-?\d+)?|\de-\d+")]
    private static partial Regex Figure();
}
