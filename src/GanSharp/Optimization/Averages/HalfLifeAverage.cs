namespace GanSharp.Optimization.Averages;

/// <summary>
/// An exponential moving average (EMA): the weight of a step halves with every <see cref="HalfLifeImages"/> images after it (Yazıcı et al. 2019). Until 20 half-lives have been seen the half-life
/// is a twentieth of the images seen (the ramp-up of Karras et al. 2020), so that the random start is soon forgotten.
/// </summary>
public sealed record HalfLifeAverage : AverageOptions
{
    private const double RampUp = 0.05;

    /// <summary>Sets the half-life.</summary>
    /// <param name="halfLifeImages">Half-life in images, so that it means the same for every batch size; finite and above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="halfLifeImages"/> isn't finite and above 0.</exception>
    public HalfLifeAverage(double halfLifeImages)
    {
        if (!(halfLifeImages > 0 && double.IsFinite(halfLifeImages)))
            throw new ArgumentOutOfRangeException(nameof(halfLifeImages), halfLifeImages, "halfLifeImages must be finite and above 0.");
        HalfLifeImages = halfLifeImages;
    }

    /// <summary>Half-life in images.</summary>
    public double HalfLifeImages { get; }

    private protected override string DefaultName => FormattableString.Invariant($"half-life {HalfLifeImages}");

    internal override double Keep(double batchSize, double imagesSeen) => Math.Pow(0.5, batchSize / Math.Min(HalfLifeImages, imagesSeen * RampUp));
}
