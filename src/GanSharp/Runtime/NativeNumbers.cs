namespace GanSharp.Runtime;

/// <summary>
/// TorchSharp passes a plain number to an operator in a small native object that only a finalizer frees, and a step makes dozens of them: a
/// leaky ReLU's slope, a softplus's β. They lie between the large blocks of activations and keep the C library from joining or returning
/// those, so resident memory grows before the garbage collector sees a reason to run. Dispose scopes don't reach them.
/// </summary>
internal static class NativeNumbers
{
    private static int stepsBetweenCollections;

    /// <summary>How often they are freed by a collection of the youngest generation; 0, as long as no tuning asked for more, for when .NET does so by itself.</summary>
    public static int StepsBetweenCollections
    {
        get => Volatile.Read(ref stepsBetweenCollections);
        set => Volatile.Write(ref stepsBetweenCollections, value);
    }

    /// <summary>Frees them where it is time.</summary>
    /// <param name="step">Steps taken so far.</param>
    public static void Release(long step)
    {
        if (StepsBetweenCollections is > 0 and var steps && step % steps == 0)
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
    }
}
