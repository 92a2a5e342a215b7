namespace GanSharp.Mpi.Exchange;

/// <summary>Ranks in words.</summary>
internal static class RankList
{
    private const int Most = 20;

    /// <summary>"rank 2", "ranks 0, 1, 3".</summary>
    public static string Of(IEnumerable<int> ranks)
    {
        int[] all = [.. ranks];
        return all is [var one] ? $"rank {one}" : $"ranks {string.Join(", ", all.Take(Most))}{(all.Length > Most ? $" and {all.Length - Most} more" : "")}";
    }
}
