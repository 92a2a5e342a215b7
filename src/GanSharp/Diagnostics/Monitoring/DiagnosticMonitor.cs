using GanSharp.Data;
using GanSharp.Diagnostics.Health;
using GanSharp.Diagnostics.Reports;
using GanSharp.Networks;
using GanSharp.Objectives;
using static TorchSharp.torch;

namespace GanSharp.Diagnostics.Monitoring;

/// <summary>
/// Runs the diagnostics of a training run: a look at every call, an audit at every so many, and a verdict on what the recent looks say together.
/// A trainer makes one and looks once a report; with networks trained elsewhere, make one yourself.
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
    /// <param name="generator">G, read as it is at each look.</param>
    /// <param name="discriminator">D, likewise.</param>
    /// <param name="data">p_d, with its held-out part.</param>
    /// <param name="objective">What D was trained by, which says whether its logit is a density ratio.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="seed">Determines which samples each look draws; the seed that D's training data was drawn with.</param>
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

    /// <summary>The recent looks, oldest first: as many as <see cref="TrainingHealth"/> looks back on.</summary>
    public IReadOnlyList<DiagnosticReport> History => history;

    /// <summary>Looks taken, by which audits are scheduled.</summary>
    internal long Looks => looks;

    /// <summary>Goes on from the looks of a run that was interrupted.</summary>
    internal void Restore(long looksTaken, IEnumerable<DiagnosticReport> recent)
    {
        looks = looksTaken;
        history.Clear();
        history.AddRange(recent);
    }

    /// <summary>Looks at the networks as they are. Neither changes.</summary>
    /// <param name="step">Generator steps taken.</param>
    /// <param name="samplesSeen">Real samples that D has been trained on, from the start of the data's sequence of this seed.</param>
    /// <param name="isLast">Whether this is the last look of a run, which has an audit where an auditor is given.</param>
    /// <param name="cancellationToken">Ends an audit in progress; the look then has none.</param>
    /// <returns>What was found and the verdict, or null where <see cref="DiagnosticOptions.Samples"/> is 0. An audit that fails is <see cref="DiagnosticReport.AuditFailure"/>.</returns>
    public (DiagnosticReport Report, TrainingHealth Health)? Look(long step, long samplesSeen, bool isLast = false, CancellationToken cancellationToken = default) =>
        Look(step, samplesSeen, isLast, useAverage: null, cancellationToken);

    /// <summary>The same at the average of G, where <paramref name="useAverage"/> puts it into the generator until what it returns is disposed.</summary>
    internal (DiagnosticReport Report, TrainingHealth Health)? Look(long step, long samplesSeen, bool isLast, Func<IDisposable?>? useAverage, CancellationToken cancellationToken)
    {
        if (options.Samples == 0)
            return null;
        // Before anything can fail, so that audits come at the same looks whether or not one failed.
        looks++;
        using var scope = NewDisposeScope();
        var look = new DiagnosticLook(generator, discriminator, data, objective, options, seed, step, useAverage is not null);
        using var averaged = useAverage?.Invoke();
        var report = look.Take(samplesSeen);
        if (history is [.., var last])
            report = report with { PreviousAudit = last.Audited ?? last.PreviousAudit, PreviousAuditStep = last.Audited is null ? last.PreviousAuditStep : last.Step };
        if (options.Auditor is { } makeAuditor && (isLast || looks % options.AuditEveryReports == 0))
            report = look.Audited(report, makeAuditor, cancellationToken);
        history.Add(report);
        if (history.Count > TrainingHealth.WindowReports)
            history.RemoveAt(0);
        return (report, TrainingHealth.Judge(history));
    }
}
