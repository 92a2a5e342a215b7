using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace GanSharp.Samples.Serve;

/// <summary>GET /samples, GET /health and a page to look at. At most as many requests compute as there are processors; a bounded number waits, further ones are told to come later.</summary>
public static class SampleService
{
    public const int LargestCount = 256;
    private const int Waiting = 2_000, LargestColumns = 64;

    /// <param name="generator">What samples; the caller disposes it after the service.</param>
    /// <param name="url">Where to listen.</param>
    public static WebApplication Create(OnnxGenerator generator, string url)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(url);
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        // A start that fails is told by the program, in one line.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.AddProblemDetails();
        builder.Services.AddRateLimiter(limiter => limiter
            .AddConcurrencyLimiter("samples", options => (options.PermitLimit, options.QueueLimit, options.QueueProcessingOrder) = (Environment.ProcessorCount, Waiting, QueueProcessingOrder.OldestFirst))
            .RejectionStatusCode = StatusCodes.Status503ServiceUnavailable);
        var service = builder.Build();
        // Errors, and what the framework refuses by itself, have a body of ProblemDetails too.
        service.UseExceptionHandler();
        service.UseStatusCodePages();
        service.UseRateLimiter();
        using var resource = new StreamReader(typeof(SampleService).Assembly.GetManifestResourceStream("page.html")!);
        var page = resource.ReadToEnd();
        service.MapGet("/", () => Results.Content(page, "text/html; charset=utf-8"));
        service.MapGet("/health", () => Results.Ok(new Health("healthy", generator.Name, generator.LatentSize, generator.SampleShape, generator.Classes, LargestCount)));
        service.MapGet("/samples", (CancellationToken cancellation, int count = 64, int seed = 0, int? label = null, int columns = 8, string format = "png") =>
            Faults(generator, count, label, columns, format) is { Count: > 0 } faults ? Results.ValidationProblem(faults)
            : format == "json" ? Results.Ok(new Samples(generator.SampleShape, count, generator.Sample(count, seed, label, cancellation)))
            : Results.Bytes(PngGrid.Encode(generator.Sample(count, seed, label, cancellation), generator, columns), "image/png"))
            .RequireRateLimiting("samples");
        return service;
    }

    private static Dictionary<string, string[]> Faults(OnnxGenerator generator, int count, int? label, int columns, string format)
    {
        var faults = new Dictionary<string, string[]>();
        if (count is < 1 or > LargestCount)
            faults["count"] = [$"count must lie from 1 to {LargestCount} but is {count}."];
        if (columns is < 1 or > LargestColumns)
            faults["columns"] = [$"columns must lie from 1 to {LargestColumns} but is {columns}."];
        if (label is { } asked && generator.Classes is null)
            faults["label"] = [$"label must be left out, because {generator.Name} has no classes, but is {asked}."];
        else if (label is { } other && (other < 0 || other >= generator.Classes))
            faults["label"] = [$"label must lie from 0 to {generator.Classes - 1} but is {other}."];
        if (format is not ("png" or "json"))
            faults["format"] = [$"format must be png or json but is '{format}'."];
        else if (format == "png" && !generator.MakesImages)
            faults["format"] = [$"format must be json, because samples of shape [{string.Join(", ", generator.SampleShape)}] are no images."];
        return faults;
    }

    private sealed record Health(string Status, string Generator, int LatentSize, int[] SampleShape, int? Classes, int LargestCount);

    private sealed record Samples(int[] Shape, int Count, float[] Values);
}
