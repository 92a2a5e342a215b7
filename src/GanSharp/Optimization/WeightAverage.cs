using static TorchSharp.torch;

namespace GanSharp.Optimization;

/// <summary>
/// An exponential moving average of a network's parameters (EMA), whose samples are better than those of any one step (Yazıcı et al. 2019).
/// The half-life is counted in images, so that it means the same for every batch size.
/// </summary>
public sealed class WeightAverage : IDisposable
{
    // Until enough was seen the half-life is a twentieth of that, so that the random start is soon forgotten (Karras et al. 2020).
    private const double RampUp = 0.05;
    private readonly FlatParameters parameters;
    private readonly Tensor[] averages;
    private readonly double halfLifeImages;
    private double imagesSeen;

    /// <summary>Starts the average at the parameters' present values.</summary>
    /// <param name="parameters">The network's flat parameters.</param>
    /// <param name="halfLifeImages">Images after which a step's weight in the average has halved; above 0.</param>
    public WeightAverage(FlatParameters parameters, double halfLifeImages)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(halfLifeImages);
        this.parameters = parameters;
        this.halfLifeImages = halfLifeImages;
        averages = [.. parameters.Groups.Select(group => group.Values.clone().DetachFromDisposeScope())];
    }

    /// <summary>Takes the parameters of one more step into the average.</summary>
    /// <param name="batchSize">Images of that step.</param>
    public void Update(int batchSize)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        imagesSeen += batchSize;
        var keep = Math.Pow(0.5, batchSize / Math.Min(halfLifeImages, imagesSeen * RampUp));
        for (var index = 0; index < averages.Length; index++)
            averages[index].lerp_(parameters.Groups[index].Values, 1 - keep);
    }

    /// <summary>Puts the average into the network until the result is disposed, which restores the trained parameters.</summary>
    public IDisposable Apply() => new Applied(this);

    /// <summary>Releases the average.</summary>
    public void Dispose()
    {
        foreach (var average in averages)
            average.Dispose();
    }

    private sealed class Applied : IDisposable
    {
        private readonly WeightAverage owner;
        private readonly Tensor[] trained;
        private bool restored;

        public Applied(WeightAverage owner)
        {
            this.owner = owner;
            trained = [.. owner.parameters.Groups.Select(group => group.Values.clone().DetachFromDisposeScope())];
            Fill(owner.averages);
        }

        public void Dispose()
        {
            if (restored)
                return;
            restored = true;
            Fill(trained);
            foreach (var values in trained)
                values.Dispose();
        }

        private void Fill(Tensor[] source)
        {
            using var frozen = no_grad();
            using var scope = NewDisposeScope();
            for (var index = 0; index < source.Length; index++)
                owner.parameters.Groups[index].Values.copy_(source[index]);
        }
    }
}
