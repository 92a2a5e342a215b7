namespace GanSharp.Benchmarks.Distributed;

/// <summary>What one step of a GAN costs on several ranks: the computing of a rank's samples, and then its exchanges, one after the other, since none runs while a network computes.</summary>
/// <param name="Name">What tables call the pair of networks.</param>
/// <param name="SecondsPerSample">Computing of one rank for one sample of a step, of both players.</param>
/// <param name="GeneratorBytes">G's gradients.</param>
/// <param name="DiscriminatorBytes">D's gradients.</param>
/// <param name="NormChannels">Channels of each batch norm in G; D has none.</param>
/// <param name="DiscriminatorSteps">k.</param>
internal sealed record StepCost(string Name, double SecondsPerSample, double GeneratorBytes, double DiscriminatorBytes, IReadOnlyList<int> NormChannels, int DiscriminatorSteps = 1)
{
    // MpiOptions.BucketBytes; a meeting's message; RankStatistics.MostGathered; the votes of RunRanks.
    private const double BucketBytes = 25e6, MeetingBytes = 24, VoteBytes = 16;
    private const int MostGathered = 16;

    /// <summary>Bytes of each exchange of a step: votes on whether to go on; for each of the k + 1 updates its gradients, and its loss with them; for each batch norm its statistics, in each pass of G forward and backward.</summary>
    public IEnumerable<double> Exchanges(int ranks)
    {
        yield return VoteBytes;
        for (var update = 0; update <= DiscriminatorSteps; update++)
            yield return sizeof(float) + (update < DiscriminatorSteps ? DiscriminatorBytes : GeneratorBytes);
        foreach (var channels in NormChannels)
        {
            // G's samples of D's last step are those of its own.
            for (var forward = 0; forward < DiscriminatorSteps; forward++)
                if (ranks <= MostGathered)
                    yield return 2.0 * ranks * channels * sizeof(float);
                else
                    for (var part = 0; part < 2; part++)
                        yield return channels * sizeof(float);
            // Backward.
            yield return 2.0 * channels * sizeof(float);
        }
    }

    /// <summary>Seconds of a step's exchanges. Each begins with a meeting, an all-reduce of a few bytes, and large ones go in buckets.</summary>
    public double Communication(int ranks, RingCost network) => ranks == 1 ? 0 : Exchanges(ranks).Sum(bytes =>
    {
        var whole = Math.Floor(bytes / BucketBytes);
        var rest = bytes - whole * BucketBytes;
        return network.Seconds(ranks, MeetingBytes) + whole * network.Seconds(ranks, BucketBytes) + (rest > 0 ? network.Seconds(ranks, rest) : 0);
    });

    /// <summary>Seconds of a step.</summary>
    public double Seconds(int ranks, double samplesPerRank, RingCost network) => SecondsPerSample * samplesPerRank + Communication(ranks, network);

    /// <summary>Weak scaling, as many samples on each rank: the share of a step that is computing.</summary>
    public double Efficiency(int ranks, double samplesPerRank, RingCost network) => SecondsPerSample * samplesPerRank / Seconds(ranks, samplesPerRank, network);

    /// <summary>Strong scaling, the same samples divided: how much faster than one rank.</summary>
    public double SpeedUp(int ranks, double samples, RingCost network) => SecondsPerSample * samples / Seconds(ranks, samples / ranks, network);

    /// <summary>The power of two of ranks, of at least a sample each, on which a step with so many samples is fastest.</summary>
    public int FastestRanks(int samples, RingCost network) =>
        Enumerable.Range(0, 1 + (int)Math.Log2(samples)).Select(power => 1 << power).MinBy(ranks => Seconds(ranks, (double)samples / ranks, network));
}
