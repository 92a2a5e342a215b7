namespace GanSharp.Tests.Training;

/// <summary>A clock that goes on a second each time it is asked.</summary>
internal sealed class SteppingTime : TimeProvider
{
    private long timestamp;

    public override long TimestampFrequency => 1;

    public override long GetTimestamp() => timestamp++;

    public override DateTimeOffset GetUtcNow() => throw new InvalidOperationException("Training doesn't ask for the time of day.");
}
