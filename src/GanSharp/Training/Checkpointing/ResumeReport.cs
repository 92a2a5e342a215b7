namespace GanSharp.Training.Checkpointing;

/// <summary>What a resume found and did.</summary>
public sealed record ResumeReport
{
    /// <summary>The checkpoint's folder.</summary>
    public required string Folder { get; init; }

    /// <summary>Generator steps that it had taken.</summary>
    public required long Step { get; init; }

    /// <summary>Newer checkpoints that are damaged and were passed over, each with what is wrong.</summary>
    public required IReadOnlyList<string> Skipped { get; init; }

    /// <summary>Options that differ from the checkpoint's, as <see cref="ResumeOptions.AllowedChanges"/> allows.</summary>
    public required IReadOnlyList<string> Changes { get; init; }

    /// <summary>Why the run goes on within rounding only: another device, thread count, processor or version than the checkpoint's.</summary>
    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>Whether the run goes on as if it had never stopped, bit for bit.</summary>
    public bool IsExact => Changes.Count == 0 && Warnings.Count == 0;

    /// <summary>A line, and one more for each thing to know.</summary>
    public override string ToString() => string.Join(Environment.NewLine,
        [$"Resumed at step {Step} from '{Folder}'{(IsExact ? ", bit for bit" : "")}.",
            .. Skipped.Select(skipped => $"- passed over {skipped}"), .. Changes.Select(change => $"- changed: {change}"), .. Warnings.Select(warning => $"- {warning}")]);
}
