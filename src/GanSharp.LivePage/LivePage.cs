using System.Net;
using System.Security.Cryptography;
using GanSharp.Reporting.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace GanSharp.Live;

/// <summary>
/// A web page that shows a run as it goes: curves, samples of every step, verdicts, walks through latent space, and buttons to pause and to save. It is served from the run's folder, from memory
/// and from copies of the generator; what is trained is unchanged, bit for bit, and training never waits for a browser.
/// </summary>
public sealed partial class LivePage : IDisposable
{
    private readonly WebApplication server;
    private readonly RunControl control;
    private readonly EventClients clients;
    private readonly RunWatch watch;
    private readonly WalkPictures? walk;
    private int isDisposed;

    private LivePage(RunFolder folder, LivePageOptions options)
    {
        var isLoopback = IPAddress.IsLoopback(options.Address);
        var token = options.Token ?? (isLoopback ? null : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)));
        var trainer = folder.Trainer;
        // A view of its own: that of the run is in use.
        var view = RunFolder.Open(folder.FullName);
        control = new RunControl(trainer);
        clients = new EventClients(options.MaximumClients);
        walk = trainer is not null && WalkPictures.CanDraw(trainer) ? new WalkPictures(trainer) : null;
        watch = new RunWatch(view, control, clients, PageApi.SourceOf(RunShelf.OwnId));
        var shelf = new RunShelf(view, options.CompareWith ?? Path.GetDirectoryName(view.FullName));
        server = PageServer.Start(options, new RequestGuard(token, isLoopback, options.HostNames), new PageApi(shelf, control, clients, watch, walk, trainer?.Classes));
        watch.Start();
        var any = options.Address.Equals(IPAddress.Any) || options.Address.Equals(IPAddress.IPv6Any);
        Address = new UriBuilder(Uri.UriSchemeHttp, any ? Dns.GetHostName() : $"{options.Address}", PageServer.PortOf(server)) { Query = token is null ? "" : $"token={token}" }.Uri;
        if (options.Logger is { } logger)
            Serving(logger, Address);
        else
            Console.WriteLine($"Live page: {Address}");
    }

    /// <summary>What to open in a browser; it holds the token where one is needed.</summary>
    public Uri Address { get; }

    /// <summary>Serves a run's folder: one that is being written, or one that was opened to be looked at.</summary>
    /// <param name="folder">The run's folder. Where it was made with a trainer, the page can pause it and show walks through its latent space.</param>
    /// <param name="options">Null for the defaults: this machine only, at a free port.</param>
    /// <returns>The page, which is served until it is disposed.</returns>
    /// <exception cref="ArgumentException">An option is invalid, or the folder's trainer isn't that of rank 0.</exception>
    /// <exception cref="IOException">The port is in use, or the address isn't this machine's.</exception>
    public static LivePage Start(RunFolder folder, LivePageOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        options ??= new LivePageOptions();
        options.ThrowIfInvalid();
        if (folder.Trainer is { Rank: > 0 and var rank })
            throw new ArgumentException($"folder must be that of rank 0, which alone writes it, but is that of rank {rank}. Start the page where trainer.Rank is 0.", nameof(folder));
        return new LivePage(folder, options);
    }

    /// <summary>Tells the pages that the run is over, lets it go on where it was paused, and ends the server, within two seconds.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref isDisposed, 1) != 0)
            return;
        EndRun();
        watch.Dispose();
        clients.Complete();
        PageServer.Stop(server);
        walk?.Dispose();
    }

    /// <summary>The run is over; the page stays.</summary>
    internal void EndRun() => control.End();

    [LoggerMessage(EventId = 1, Level = LogLevel.Information, Message = "Live page: {Address}")]
    private static partial void Serving(ILogger logger, Uri address);
}
