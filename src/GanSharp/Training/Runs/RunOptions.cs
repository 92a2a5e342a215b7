using GanSharp.Communication;
using GanSharp.Data;
using GanSharp.Metrics;
using GanSharp.Optimization;
using GanSharp.Optimization.Averages;
using GanSharp.Training.Guards;
using Microsoft.Extensions.Logging;

namespace GanSharp.Training.Runs;

/// <summary>The options that every trainer has, whatever it trains.</summary>
public abstract record RunOptions
{
    private protected RunOptions()
    {
    }

    /// <summary>Real samples in each step; of a GAN, in each step of D, which gets as many generated ones. At least 1 and at most the data's size. Default 64.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>
    /// Half-life of the generator's weight average (EMA) in images, above 0; null (the default) for no average. Where one is kept, samples and reports are of the average.
    /// It ramps up: while fewer than 20 half-lives have been seen, the half-life in force is a twentieth of the images seen so far (Karras et al. 2020, their ramp-up
    /// of 0.05), so that the random start is soon forgotten. A half-life of 10,000 images is in full force from image 200,000 on.
    /// </summary>
    public double? EmaHalfLifeImages { get; init; }

    /// <summary>
    /// Further averages of the generator, each with a name of its own, which <see cref="Trainer{TReport}.UseAverage"/> puts into it. Each costs memory for one more generator and one more pass over its weights in a step.
    /// Samples and reports stay those of <see cref="EmaHalfLifeImages"/>, or of the generator itself. Default none. For averages of any width after training keep
    /// <c>[new PowerAverage(0.05), new PowerAverage(0.1)]</c> and call <see cref="Trainer{TReport}.SaveAverages"/> at reports.
    /// </summary>
    public IReadOnlyList<AverageOptions> Averages { get; init; } = [];

    /// <summary>
    /// Whether the next batch is drawn on a thread of its own while the networks compute. <see cref="Dataset.Draw"/> then runs on that thread
    /// during a step, and never between two. It changes no result. Null (the default) for yes on a GPU and where torch leaves a core free.
    /// </summary>
    public bool? Prefetch { get; init; }

    /// <summary>
    /// Determines the order of the data and every latent. Default 0. A network's first weights come from torch's global generator,
    /// because they are drawn before the trainer exists: call <c>torch.manual_seed</c> before making the networks.
    /// </summary>
    public long Seed { get; init; }

    /// <summary>How NaN, infinity and exploding weights are found, and what is done about them. Default: training stops in the step in which they arise.</summary>
    public GuardOptions Guards { get; init; } = new();

    /// <summary>
    /// What the reports of <see cref="TrainingRun{TReport}.Every"/> measure beside what they always do, each with a name of its own: generated samples (of the average, where one is kept)
    /// against held-out ones, or against the training data where none is held out. They never change what is trained. Default none.
    /// </summary>
    public IReadOnlyList<ScheduledMetric> Metrics { get; init; } = [];

    /// <summary>
    /// Receives a message when a run starts and ends, for each report and checkpoint, and immediately for skipped updates, roll-backs and failures. Null (the default) for no messages. The thread that writes
    /// checkpoints uses it too, as <see cref="ILogger"/> allows.
    /// </summary>
    public ILogger? Logger { get; init; }

    /// <summary>The clock behind <see cref="TrainingReport.Elapsed"/> and <see cref="TrainingReport.SamplesPerSecond"/>; only its timestamps are used, never the time of day. Default the system's.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>The processes that train together; one where a trainer knows of no others.</summary>
    internal virtual ICommunicator Ranks => SingleProcess.Instance;

    /// <summary>The optimizers by their options' names.</summary>
    internal abstract IReadOnlyList<(string Name, OptimizerOptions? Options)> Optimizers { get; }

    /// <summary>Options that change what is reported and how a failing run is caught, never what a healthy run learns: a resume doesn't compare them.</summary>
    internal virtual IReadOnlyList<string> Reporting => [nameof(Guards), nameof(Metrics), nameof(Prefetch), nameof(Logger), nameof(TimeProvider)];

    /// <summary>The optimizer whose state no checkpoint can hold; null where each can be held.</summary>
    internal string? KeepsStateOutOfReach => Optimizers.FirstOrDefault(optimizer => optimizer.Options is { HasReachableState: false }).Name;

    /// <summary>Throws one exception that lists every fault.</summary>
    internal void ThrowIfInvalid(Dataset data)
    {
        data.ThrowIfDisposed();
        var faults = Faults(data).ToList();
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(Environment.NewLine, ["The training options are invalid:", .. faults.Select(fault => $"- {fault}")]));
    }

    private protected virtual IEnumerable<string> Faults(Dataset data)
    {
        if (BatchSize < 1)
            yield return $"BatchSize must be at least 1 but is {BatchSize}.";
        if (data.Count is { } count && BatchSize > count)
            yield return $"BatchSize must be at most the {count} samples of '{data.Name}' but is {BatchSize}.";
        foreach (var (name, optimizer) in Optimizers)
            foreach (var fault in optimizer?.Faults(name) ?? [$"{name} must not be null."])
                yield return fault;
        if (EmaHalfLifeImages is { } halfLife && !(halfLife > 0 && double.IsFinite(halfLife)))
            yield return FormattableString.Invariant($"EmaHalfLifeImages must be finite and above 0, or null for no average, but is {halfLife}.");
        foreach (var fault in AverageOptions.Faults(nameof(Averages), Averages))
            yield return fault;
        if (Guards is { Policy: DivergencePolicy.RollBack } && KeepsStateOutOfReach is { } unreachable)
            yield return $"Guards.Policy must not be RollBack with {unreachable} of torch, whose state can't be put back. Use one of GanSharp's, or another policy.";
        foreach (var fault in Guards?.Faults(nameof(Guards)) ?? ["Guards must not be null."])
            yield return fault;
        foreach (var fault in ScheduledMetric.Faults(nameof(Metrics), Metrics))
            yield return fault;
        if (TimeProvider is null)
            yield return "TimeProvider must not be null; use TimeProvider.System for the system's clock.";
    }
}
