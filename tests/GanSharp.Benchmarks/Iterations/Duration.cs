namespace GanSharp.Benchmarks.Iterations;

/// <summary>
/// Milliseconds by both clocks. The wall clock is what a user waits for. Processor time counts all threads, those that wait by spinning as well,
/// and other work on the machine hardly disturbs it: with one thread it is the better figure on a busy machine.
/// </summary>
internal sealed record Duration(double Wall, double Processor)
{
    public double By(bool processorTime) => processorTime ? Processor : Wall;

    public static Duration operator +(Duration left, Duration right) => new(left.Wall + right.Wall, left.Processor + right.Processor);
}
