using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace GanSharp.Live;

/// <summary>
/// Kestrel as a guest in another program: it takes no signals, reads no configuration and no environment, logs nothing, and holds little memory however many clients ask.
/// </summary>
internal static class PageServer
{
    private const int MostConnections = 256, LargestHeaders = 16 * 1024, LargestResponseBuffer = 64 * 1024;

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">The port is in use, or the address isn't this machine's; the message names both.</exception>
    public static WebApplication Start(LivePageOptions options, RequestGuard guard, PageApi api)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "GanSharp.LivePage", ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(options.Address, options.Port, listen => listen.Protocols = HttpProtocols.Http1);
            var limits = kestrel.Limits;
            (limits.MaxRequestBodySize, limits.MaxRequestHeadersTotalSize, limits.MaxRequestHeaderCount, limits.MaxRequestLineSize) = (RequestGuard.LargestBody, LargestHeaders, 64, 4096);
            (limits.MaxConcurrentConnections, limits.MaxResponseBufferSize) = (MostConnections, LargestResponseBuffer);
            (limits.RequestHeadersTimeout, limits.KeepAliveTimeout) = (TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60));
        });
        builder.Services.AddRoutingCore();
        // Ctrl-C is the program's own.
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var server = builder.Build();
        server.Use(next => context => guard.Check(context, next));
        server.UseRouting();
        api.Map(server);
        try
        {
            // On another thread, because the caller may have a synchronization context.
            Task.Run(() => server.StartAsync()).GetAwaiter().GetResult();
            return server;
        }
        catch (Exception exception) when (exception is IOException or System.Net.Sockets.SocketException)
        {
            ((IDisposable)server).Dispose();
            throw exception.InnerException is AddressInUseException
                ? new IOException($"The live page can't listen on port {options.Port} of {options.Address}: another program uses it. Choose another LivePageOptions.Port, or 0 for one that is free.", exception)
                : new IOException($"The live page can't listen on port {options.Port} of {options.Address}: {exception.Message}", exception);
        }
    }

    /// <summary>The port that it listens on.</summary>
    public static int PortOf(WebApplication server) =>
        new Uri(((IApplicationBuilder)server).ServerFeatures.Get<IServerAddressesFeature>()!.Addresses.Single().Replace("[::]", "localhost", StringComparison.Ordinal)).Port;

    public static void Stop(WebApplication server) => Task.Run(async () =>
    {
        await server.StopAsync().ConfigureAwait(false);
        await server.DisposeAsync().ConfigureAwait(false);
    }).GetAwaiter().GetResult();

    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
