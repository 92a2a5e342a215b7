using GanSharp.Optimization.Averages;
using GanSharp.Safetensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.Weights;

/// <summary>
/// Averages of any width after training, from snapshots of a few (post-hoc EMA, Karras et al. 2024, appendix C): the profile over time of the average that is asked for is
/// approximated, by least squares, by a sum of the snapshots' profiles, and the weights by the same sum of the snapshots' weights.
/// </summary>
/// <remarks>
/// Keep <c>Averages = [new PowerAverage(0.05), new PowerAverage(0.1)]</c>, call <c>trainer.SaveAverages(folder)</c> at reports, and choose the width by a metric:
/// <c>generator.LoadPostHocAverage(folder, 0.075)</c>. <see cref="Fit"/> says how near the profile comes. From both at 10 evenly spaced times, widths between the two come within 1% and 0.15 within 3%; from
/// 50 times within 0.04% and 0.1%.
/// </remarks>
public static class PostHocAverage
{
    /// <summary>Puts a reconstructed average into a network, in place. Give it a network of its own or the generator after training: a trainer's averages and optimizer don't follow.</summary>
    /// <param name="network">A network like the one that was averaged, on any device.</param>
    /// <param name="folder">The folder of <c>SaveAverages</c>.</param>
    /// <param name="relativeWidth">σ_rel of the average, above 0 and at most 0.28867.</param>
    /// <param name="images">Images of the run up to which to average, above 0; null (the default) for those of the last snapshot. Snapshots after it take no part.</param>
    /// <returns>Which snapshots it consists of, and how good it is.</returns>
    /// <exception cref="ArgumentException">The folder has no snapshot in time, or those of several runs.</exception>
    /// <exception cref="WeightsMismatchException">They are of another network; the message lists each difference, and the network is unchanged.</exception>
    /// <exception cref="InvalidSafetensorsException">A file is damaged; the network is unchanged.</exception>
    public static PostHocFit LoadPostHocAverage(this Module network, string folder, double relativeWidth, double? images = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        var fit = Fit(folder, relativeWidth, images);
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        var weights = WeightsFile.Weights(network);
        var sums = weights.Select(weight => weight.Value.is_floating_point() ? zeros_like(weight.Value, ScalarType.Float64, CPU) : null).ToArray();
        var counts = new Tensor?[weights.Length];
        foreach (var (path, share) in fit.Snapshots)
        {
            using var file = SafetensorsFile.Read(path);
            if (file.Mismatches(weights).ToArray() is { Length: > 0 } mismatches)
                throw new WeightsMismatchException(path, network.GetType().Name, mismatches);
            foreach (var (index, (name, _)) in weights.Index())
            {
                // Numbers of batches and the like: those of the last snapshot.
                if (sums[index] is not { } sum)
                    counts[index] = file.Tensors[name].clone();
                else
                    using (var value = file.Tensors[name].to(ScalarType.Float64))
                        sum.add_(value, alpha: share);
            }
        }
        foreach (var (index, (_, weight)) in weights.Index())
            weight.copy_(sums[index] ?? counts[index]!);
        return fit;
    }

    /// <summary>What such an average consists of and how good it is, without a network: to see which widths a folder can give.</summary>
    /// <inheritdoc cref="LoadPostHocAverage"/>
    public static PostHocFit Fit(string folder, double relativeWidth, double? images = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        var exponent = new PowerAverage(relativeWidth).Exponent;
        if (images is { } given && !(given > 0 && double.IsFinite(given)))
            throw new ArgumentOutOfRangeException(nameof(images), given, "images must be finite and above 0, or null.");
        var all = AverageSnapshot.List(folder);
        var snapshots = all.Where(snapshot => images is null || snapshot.Profile.Time <= images).ToArray();
        if (snapshots.Length == 0)
            throw new ArgumentException($"folder must hold snapshots of SaveAverages{(images is null ? "" : FormattableString.Invariant($" of at most {images} images"))} but '{folder}' holds {(all.Count == 0 ? "none" : FormattableString.Invariant($"the first at {all[0].Profile.Time}"))}.", nameof(folder));
        if (snapshots.Select(snapshot => snapshot.Run).Distinct().Count() > 1)
            throw new ArgumentException($"folder must hold snapshots of one run but '{folder}' holds those of several. Give each run a folder of its own.", nameof(folder));
        var target = new PowerProfile(exponent, images ?? snapshots[^1].Profile.Time);
        var (weights, error) = PowerProfile.Approximate(target, [.. snapshots.Select(snapshot => snapshot.Profile)]);
        return new PostHocFit(relativeWidth, target.Time, [.. snapshots.Zip(weights, (snapshot, weight) => (snapshot.Path, weight))], error);
    }
}
