using ScottPlot;

namespace GanSharp.Reporting;

/// <summary>One color for one thing in every picture.</summary>
internal static class Palette
{
    public static readonly Color Ink = Color.FromHex("#1f2937");
    public static readonly Color Faint = Color.FromHex("#6b7280");
    public static readonly Color GridLine = Color.FromHex("#e5e7eb");
    public static readonly Color Data = Color.FromHex("#111827");
    public static readonly Color Generator = Color.FromHex("#059669");
    public static readonly Color Discriminator = Color.FromHex("#2563eb");
    public static readonly Color Optimum = Color.FromHex("#f59e0b");
    public static readonly Color Penalty = Color.FromHex("#d97706");
    public static readonly Color Auditor = Color.FromHex("#db2777");
    public static readonly Color Bad = Color.FromHex("#dc2626");
    public static readonly Color Divergence = Color.FromHex("#7c3aed");

    /// <summary>For things that have no color of their own, in order.</summary>
    public static readonly Color[] Series = [Color.FromHex("#0891b2"), Color.FromHex("#65a30d"), Color.FromHex("#be123c"), Color.FromHex("#4f46e5"), Color.FromHex("#a16207"), Color.FromHex("#475569")];
}
