using GanSharp.Communication;
using GanSharp.Data;
using GanSharp.Diagnostics.Health;
using GanSharp.Diagnostics.Reports;
using GanSharp.Networks;
using GanSharp.Objectives;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Monitoring;

/// <summary>
/// Runs the diagnostics of a training run: measurements at every call, an audit at every few calls, and a verdict on the recent results.
/// A trainer creates one and calls it once per report; for networks trained elsewhere, create one yourself.
/// </summary>
public sealed class DiagnosticMonitor
{
    private readonly GeneratorNetwork generator;
    private readonly DiscriminatorNetwork discriminator;
    private readonly Dataset data;
    private readonly GanObjective objective;
    private readonly DiagnosticOptions options;
    private readonly long seed;
    private readonly List<DiagnosticReport> history = [];
    private long looks;

    /// <summary>A monitor without history.</summary>
    /// <param name="generator">G, measured in its current state at each call.</param>
    /// <param name="discriminator">D, likewise.</param>
    /// <param name="data">p_d, with its held-out part.</param>
    /// <param name="objective">The objective that D was trained with, which says whether its logit is a log density ratio.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="seed">Determines which samples each call draws; use the seed that D's training data was drawn with. Default 0.</param>
    /// <exception cref="ArgumentException">An option is invalid; the message lists every invalid option.</exception>
    public DiagnosticMonitor(GeneratorNetwork generator, DiscriminatorNetwork discriminator, Dataset data, GanObjective objective, DiagnosticOptions? options = null, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(generator);
        ArgumentNullException.ThrowIfNull(discriminator);
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(objective);
        this.options = options ?? new DiagnosticOptions();
        if (this.options.Faults("DiagnosticOptions").ToList() is { Count: > 0 } faults)
            throw new ArgumentException(string.Join(Environment.NewLine, ["The diagnostic options are invalid:", .. faults.Select(fault => $"- {fault}")]), nameof(options));
        (this.generator, this.discriminator, this.data, this.objective, this.seed) = (generator, discriminator, data, objective, seed);
    }

    /// <summary>The recent results, oldest first: as many as <see cref="TrainingHealth"/> uses.</summary>
    public IReadOnlyList<DiagnosticReport> History => history;

    /// <summary>The processes that measure together: all call at the same steps, and get the same report.</summary>
    internal ICommunicator Ranks { get; init; } = SingleProcess.Instance;

    /// <summary>The classes that G is asked for where the data has none.</summary>
    internal LabelSampler Labels { get; init; } = LabelSampler.OfData;

    /// <summary>Number of calls so far, by which audits are scheduled.</summary>
    internal long Looks => looks;

    /// <summary>Continues from the results of an interrupted run.</summary>
    internal void Restore(long looksTaken, IEnumerable<DiagnosticReport> recent)
    {
        looks = looksTaken;
        history.Clear();
        history.AddRange(recent);
    }

    /// <summary>Measures the networks in their current state, without changing them.</summary>
    /// <param name="step">Generator steps taken.</param>
    /// <param name="samplesSeen">Number of real samples that D has been trained on, from the start of the data's sequence with this seed.</param>
    /// <param name="isLast">Whether this is the last call of a run, which has an audit if an auditor is given. Default false.</param>
    /// <param name="cancellationToken">Cancels an audit in progress; the result then has none.</param>
    /// <returns>The results and the verdict, or null where <see cref="DiagnosticOptions.Samples"/> is 0. An audit that fails is <see cref="DiagnosticReport.AuditFailure"/>.</returns>
    public (DiagnosticReport Report, TrainingHealth Health)? Look(long step, long samplesSeen, bool isLast = false, CancellationToken cancellationToken = default) =>
        Look(step, samplesSeen, isLast, useAverage: null, cancellationToken);

    /// <summary>The same for the average of G, which <paramref name="useAverage"/> puts into the generator until its result is disposed.</summary>
    internal (DiagnosticReport Report, TrainingHealth Health)? Look(long step, long samplesSeen, bool isLast, Func<IDisposable?>? useAverage, CancellationToken cancellationToken)
    {
        if (options.Samples == 0)
            return null;
        // Incremented before anything can fail, so that audits come at the same calls whether or not one failed.
        looks++;
        using var scope = NewDisposeScope();
        var work = new DividedWork(Ranks);
        var look = new DiagnosticLook(generator, discriminator, data, objective, options, Labels, seed, step, useAverage is not null, work);
        using var averaged = useAverage?.Invoke();
        look.PassNetworks(samplesSeen);
        var report = work.ByFirst(() =>
        {
            var taken = look.Take();
            if (history is [.., var last])
                taken = taken with { PreviousAudit = last.Audited ?? last.PreviousAudit, PreviousAuditStep = last.Audited is null ? last.PreviousAuditStep : last.Step };
            return options.Auditor is { } makeAuditor && (isLast || looks % options.AuditEveryReports == 0) ? look.Audited(taken, makeAuditor, cancellationToken) : taken;
        }, ReportJson.Default.ToldDiagnosticReport);
        history.Add(report);
        if (history.Count > TrainingHealth.WindowReports)
            history.RemoveAt(0);
        return (report, TrainingHealth.Judge(history));
    }
}
