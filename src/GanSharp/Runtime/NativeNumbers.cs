namespace GanSharp.Runtime;

/// <summary>
/// TorchSharp passes a plain number to an operator in a small native object that only a finalizer frees, and a step makes dozens of them: a
/// leaky ReLU's slope, a softplus's β. They lie between the large blocks of activations and keep the C library from merging or returning
/// those, so resident memory grows before the garbage collector has a reason to run. Dispose scopes don't free them.
/// </summary>
internal static class NativeNumbers
{
    private static int stepsBetweenCollections;

    /// <summary>Steps between collections of the youngest generation, which free them; 0, the default, leaves that to .NET.</summary>
    public static int StepsBetweenCollections
    {
        get => Volatile.Read(ref stepsBetweenCollections);
        set => Volatile.Write(ref stepsBetweenCollections, value);
    }

    /// <summary>Frees them if a collection is due.</summary>
    /// <param name="step">Steps taken so far.</param>
    public static void Release(long step)
    {
        if (StepsBetweenCollections is > 0 and var steps && step % steps == 0)
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
    }
}
