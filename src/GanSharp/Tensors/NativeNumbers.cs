namespace GanSharp.Tensors;

/// <summary>
/// TorchSharp passes a plain number to an operator in a small native object that only a finaliser frees, and a step makes dozens of them: a
/// leaky ReLU's slope, a softplus's β. They lie between the large blocks of activations and keep the C library from joining or returning
/// those, so resident memory grows by a multiple long before the garbage collector sees a reason to run. Dispose scopes don't reach them.
/// </summary>
internal static class NativeNumbers
{
    // Measured on the smallest model, where it costs most: 8 to 128 take the same time; 128 leave a fifth more memory, none at all three times as much.
    private const int StepsBetweenCollections = 16;

    /// <summary>Frees them every few steps, by a collection of the youngest generation.</summary>
    /// <param name="step">Steps taken so far.</param>
    public static void Release(long step)
    {
        if (step % StepsBetweenCollections == 0)
            GC.Collect(0, GCCollectionMode.Forced, blocking: true);
    }
}
