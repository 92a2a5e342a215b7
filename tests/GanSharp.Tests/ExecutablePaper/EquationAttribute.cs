using System.Globalization;
using Xunit.v3;

namespace GanSharp.Tests.ExecutablePaper;

/// <summary>
/// The numbers of the equations of docs/theory.md that a test checks. The tests of one equation run by its number:
/// <c>dotnet test --project tests/GanSharp.Tests --filter-trait "Equation=14"</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EquationAttribute(params int[] numbers) : Attribute, ITraitAttribute
{
    public IReadOnlyList<int> Numbers => numbers;

    public IReadOnlyCollection<KeyValuePair<string, string>> GetTraits() =>
        [.. numbers.Select(number => KeyValuePair.Create("Equation", number.ToString(CultureInfo.InvariantCulture)))];
}
