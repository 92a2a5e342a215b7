using GanSharp.Runtime;
using static TorchSharp.torch;

namespace GanSharp.Training.Turns;

/// <summary>
/// A sequence that is pulled on a thread of its own while the caller awaits. All pulls of an enumeration share that thread, because torch keeps dispose scopes, the
/// gradient mode and its team of threads for each; it computes on as many processors as the caller's thread, so the bits are the same.
/// </summary>
/// <typeparam name="T">What is pulled.</typeparam>
/// <param name="name">What debuggers call the thread.</param>
/// <param name="start">Begins an enumeration that ends when its token is canceled.</param>
/// <param name="cancellationToken">Ends every enumeration; each may have a token of its own beside it.</param>
internal sealed class AsyncSequence<T>(string name, Func<CancellationToken, IEnumerator<T>> start, CancellationToken cancellationToken) : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellation = default) =>
        new Enumerator(name, start, CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, cancellation));

    private sealed class Enumerator(string name, Func<CancellationToken, IEnumerator<T>> start, CancellationTokenSource cancellation) : IAsyncEnumerator<T>
    {
        private LoneThread? thread;
        private IEnumerator<T>? items;

        public T Current => items is null ? default! : items.Current;

        public async ValueTask<bool> MoveNextAsync()
        {
            thread ??= new LoneThread(name, get_num_threads());
            // In the caller's execution context, so that the gate knows what this flow of control holds.
            return await thread.Run(() => (items ??= start(cancellation.Token)).MoveNext(), CancellationToken.None).ConfigureAwait(false);
        }

        public async ValueTask DisposeAsync()
        {
            try
            {
                if (thread is not null)
                    await thread.Run(() =>
                    {
                        items?.Dispose();
                        return true;
                    }, CancellationToken.None).ConfigureAwait(false);
            }
            finally
            {
                thread?.Dispose();
                cancellation.Dispose();
            }
        }
    }
}
