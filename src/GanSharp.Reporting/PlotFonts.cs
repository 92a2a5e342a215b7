using ScottPlot;
using SkiaSharp;

namespace GanSharp.Reporting;

/// <summary>
/// The typeface of every picture: Inter (SIL Open Font License), embedded because a server or a container often has no font at all,
/// and a plot whose text is missing there would look fine on its author's machine.
/// </summary>
internal static class PlotFonts
{
    public const string Name = "GanSharp Inter";
    private static readonly Lazy<SKTypeface> RegularFace = new(() => Read("Inter-Regular.otf"));
    private static readonly Lazy<SKTypeface> BoldFace = new(() => Read("Inter-SemiBold.otf"));
    private static readonly Lazy<bool> Registered = new(() =>
    {
        Fonts.FontResolvers.Insert(0, new Resolver());
        return true;
    });

    public static SKTypeface Regular => RegularFace.Value;

    public static SKTypeface Bold => BoldFace.Value;

    /// <summary>Makes a plot write in the embedded typeface.</summary>
    public static void Use(Plot plot)
    {
        _ = Registered.Value;
        plot.Font.Set(Name);
        plot.Legend.FontName = Name;
    }

    private static SKTypeface Read(string file)
    {
        using var stream = typeof(PlotFonts).Assembly.GetManifestResourceStream($"GanSharp.Reporting.Fonts.{file}")
            ?? throw new InvalidOperationException($"The font {file} is missing from the assembly.");
        return SKTypeface.FromStream(stream) ?? throw new InvalidOperationException($"The font {file} can't be read.");
    }

    private sealed class Resolver : IFontResolver
    {
        public SKTypeface? CreateTypeface(string fontName, FontWeight weight, FontSlant slant, FontSpacing spacing) =>
            CreateTypeface(fontName, weight >= FontWeight.SemiBold, slant != FontSlant.Upright);

        public SKTypeface? CreateTypeface(string fontName, bool bold, bool italic) =>
            fontName != Name ? null : bold ? Bold : Regular;
    }
}
