using System.Numerics;
using FluentAssertions;

namespace GanSharp.Tests.ExecutablePaper;

/// <summary>Holds the eigenvalues of a small game against those that the theory gives.</summary>
internal static class EigenvalueAssertions
{
    public static void ShouldBe(this Complex[] found, Complex first, Complex second)
    {
        // A double eigenvalue moves with the root of the finite difference's error.
        const double Tolerance = 1e-4;
        bool Near(Complex left, Complex right) => (left - right).Magnitude < Tolerance;
        found.Should().HaveCount(2);
        (Near(found[0], first) && Near(found[1], second) || Near(found[0], second) && Near(found[1], first))
            .Should().BeTrue($"the eigenvalues {found[0]} and {found[1]} should be {first} and {second}");
    }
}
