namespace GanSharp.Reporting.Runs;

/// <summary>
/// Reports of a run that may be long: of too many only every second, fourth, … one, so that they fill neither memory nor page, and always the last.
/// Those that measured metrics are thinned by themselves, so that few of them don't disappear among many others.
/// </summary>
/// <param name="isMeasured">Whether a report has metrics.</param>
/// <param name="most">How many of each of the two kinds are kept.</param>
internal sealed class ThinnedReports<T>(Func<T, bool> isMeasured, int most = ThinnedReports.Most)
    where T : class
{
    private Kind plain = new(most), measured = new(most);
    private long added;
    private (long Place, T Report)? last;

    /// <summary>What is kept, in order.</summary>
    public IReadOnlyList<T> All => [.. plain.Kept.Concat(measured.Kept).Concat(last is { } end ? [end] : []).DistinctBy(kept => kept.Place).OrderBy(kept => kept.Place).Select(kept => kept.Report)];

    public void Add(T report)
    {
        last = (added++, report);
        (isMeasured(report) ? measured : plain).Add(last.Value);
    }

    /// <summary>Forgets all, and keeps every report again while they are few.</summary>
    public void Clear() => (plain, measured, last) = (new(most), new(most), null);

    /// <summary>Forgets the reports of a part that is run anew.</summary>
    public void RemoveAll(Predicate<T> isGone)
    {
        plain.Kept.RemoveAll(kept => isGone(kept.Report));
        measured.Kept.RemoveAll(kept => isGone(kept.Report));
        if (last is { } end && isGone(end.Report))
            last = plain.Kept.TakeLast(1).Concat(measured.Kept.TakeLast(1)).Cast<(long Place, T Report)?>().MaxBy(kept => kept!.Value.Place);
    }

    private sealed class Kind(int most)
    {
        private long added, stride = 1;

        public List<(long Place, T Report)> Kept { get; } = [];

        public void Add((long, T) report)
        {
            if (added++ % stride != 0)
                return;
            Kept.Add(report);
            if (Kept.Count <= most)
                return;
            stride *= 2;
            var index = 0;
            Kept.RemoveAll(_ => index++ % 2 == 1);
        }
    }
}

/// <summary>How many reports of a long run a plot or a page shows.</summary>
internal static class ThinnedReports
{
    /// <summary>Reports of a kind that are kept at most: more than a chart has pixels.</summary>
    public const int Most = 2_000;

    public static ThinnedReports<ReportRecord> OfRecords() => new(record => record.Metrics.Count > 0);

    /// <summary>Records for a page: all, where they aren't too many.</summary>
    public static IReadOnlyList<ReportRecord> Of(IEnumerable<ReportRecord> all)
    {
        var thinned = OfRecords();
        foreach (var record in all)
            thinned.Add(record);
        return thinned.All;
    }
}
