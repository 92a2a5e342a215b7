using System.Threading.Channels;
using Microsoft.AspNetCore.Http;

namespace GanSharp.Live;

/// <summary>
/// The pages that listen. Each has a short queue of its own: one that doesn't read loses events, and is told so when it reads again, whereupon it asks for everything.
/// Nobody waits for it.
/// </summary>
/// <param name="maximum">How many may listen at once.</param>
internal sealed class EventClients(int maximum)
{
    private const int QueuedEvents = 32, LargestEvent = 256 * 1024;
    private readonly HashSet<Client> clients = [];
    private bool isOver;

    /// <summary>Whether anyone listens.</summary>
    public bool Any
    {
        get
        {
            lock (clients)
                return clients.Count > 0;
        }
    }

    /// <summary>Tells all who keep up.</summary>
    public void Send(string name, string json)
    {
        // A larger one is cheaper to ask for than to keep in queues.
        var text = json.Length <= LargestEvent ? $"event: {name}\ndata: {json}\n\n" : null;
        lock (clients)
            foreach (var client in clients)
                if (text is null || !client.Queue.Writer.TryWrite(text))
                    Interlocked.Increment(ref client.Dropped);
    }

    /// <summary>Ends the streams when what is queued is sent.</summary>
    public void Complete()
    {
        lock (clients)
        {
            isOver = true;
            foreach (var client in clients)
                client.Queue.Writer.TryComplete();
        }
    }

    /// <summary>Answers a page's request to listen, until it leaves or the server ends.</summary>
    /// <param name="context">The request.</param>
    /// <param name="greeting">Its first event.</param>
    public async Task Listen(HttpContext context, (string Name, string Json) greeting)
    {
        var client = new Client();
        bool isWelcome;
        lock (clients)
            isWelcome = !isOver && clients.Count < maximum && clients.Add(client);
        if (!isWelcome)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync($"{maximum} pages listen already.", context.RequestAborted).ConfigureAwait(false);
            return;
        }
        try
        {
            context.Response.ContentType = "text/event-stream";
            var (response, cancellation) = (context.Response, context.RequestAborted);
            await response.WriteAsync($"retry: 2000\nevent: {greeting.Name}\ndata: {greeting.Json}\n\n", cancellation).ConfigureAwait(false);
            await foreach (var text in client.Queue.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                if (Interlocked.Exchange(ref client.Dropped, 0) is > 0 and var dropped)
                    await response.WriteAsync($"event: dropped\ndata: {dropped}\n\n", cancellation).ConfigureAwait(false);
                await response.WriteAsync(text, cancellation).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The page was closed, or read too slowly for the server's patience.
        }
        finally
        {
            lock (clients)
                clients.Remove(client);
        }
    }

    private sealed class Client
    {
        public readonly Channel<string> Queue = Channel.CreateBounded<string>(new BoundedChannelOptions(QueuedEvents) { SingleReader = true });
        public long Dropped;
    }
}
