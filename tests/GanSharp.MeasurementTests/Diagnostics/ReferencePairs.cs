using GanSharp.Data.Distributions;

namespace GanSharp.Tests.Diagnostics;

/// <summary>Divergences of known pairs from thirty-digit quadrature; NaN where none was computed. p_d = N(0, 1) unless it says otherwise.</summary>
internal static class ReferencePairs
{
    /// <param name="Name">For messages.</param>
    /// <param name="Js">JSD.</param>
    /// <param name="Js25">JS_π at π = ¼, the weight of p_d.</param>
    /// <param name="Js10">JS_π at π = 1/10.</param>
    /// <param name="TotalVariation">½∫|p_d − p_g|.</param>
    /// <param name="SquaredHellinger">∫(√p_d − √p_g)².</param>
    internal sealed record Pair(string Name, GaussianMixture Data, GaussianMixture Generator, double Js, double Js25 = double.NaN, double Js10 = double.NaN,
        double TotalVariation = double.NaN, double SquaredHellinger = double.NaN) : IDisposable
    {
        public void Dispose()
        {
            Data.Dispose();
            Generator.Dispose();
        }
    }

    public static Pair[] OnTheLine() =>
    [
        Line(0.1, 1, 0.0012484400960707, 0.00093662146240097, tv: 0.039877611676745, h2: 0.0024984381508383),
        Line(0.5, 1, 0.030311300520839, 0.02289469318372, 0.011118884347161, 0.19741265136585, 0.061533531047312),
        Line(1, 1, 0.11142148218474, 0.085449386661173, 0.042742269513569, 0.38292492254803, 0.23500619483081),
        Line(2, 1, 0.33683082034683, 0.26565330725891, 0.14202040636656, 0.68268949213709),
        Line(3, 1, 0.52677730652137, 0.42222534147636, 0.23576509449502, 0.86638559746228),
        Line(4, 1, 0.63272019373687),
        Line(6, 1, 0.68929793302908),
        Line(8, 1, 0.69305364548292),
        Line(0, 2, 0.092733381666413, 0.063396305636668, tv: 0.32267456883477, h2: 0.21114561800017),
        Line(0, 0.5, 0.092733381666413, 0.081103551379384),
        Line(0, 3, 0.186494019081, 0.12807921111016),
        Line(1, 2, 0.1281749730544, 0.087750933383374, tv: 0.39006566012106),
        Line(2, 0.5, 0.47430741122853, 0.39751869059658, tv: 0.83055040284403),
        Line(0, 0.1, 0.43331071876819, 0.37483812477333, tv: 0.79821594091232),
        new("two modes against one of them", Mixtures.Line(2, 4, 0.5), Mixtures.Normal(2, 0.5), 0.2157279277279),
        new("two modes against the normal of their moments", Mixtures.Line(2, 4, 0.5), Mixtures.Normal(0, Math.Sqrt(4.25)), 0.2009856908682),
        new("two modes against N(0, 1)", Mixtures.Line(2, 4, 0.5), Mixtures.Normal(), 0.3662949522379),
    ];

    public static Pair[] InMoreDimensions() =>
    [
        new("the plane, correlated 0.8", Round(0, 0), new GaussianMixture([new Gaussian([0, 0], new[,] { { 1, 0.8 }, { 0.8, 1 } })]), 0.1336440233),
        // Round normals are as far apart as on the line: by the length of the shift.
        new("the plane, shifted by (1, 1)", Round(0, 0), Round(1, 1), 0.2013454715848),
        new("3 dimensions", Round(0, 0, 0), Round(1 / 3.0, 2 / 3.0, 2 / 3.0), 0.11142148218474),
        new("100 dimensions", Round(new double[100]), Round([.. Enumerable.Repeat(0.05, 100)]), 0.030311300520839),
    ];

    private static Pair Line(double mean, double deviation, double js, double js25 = double.NaN, double js10 = double.NaN, double tv = double.NaN, double h2 = double.NaN) =>
        new(FormattableString.Invariant($"N({mean}, {deviation}²)"), Mixtures.Normal(), Mixtures.Normal(mean, deviation), js, js25, js10, tv, h2);

    private static GaussianMixture Round(params double[] mean) => new([new Gaussian(mean, 1)]);
}
