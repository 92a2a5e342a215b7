using System.Globalization;
using GanSharp.Networks;
using GanSharp.Reporting.Page;
using GanSharp.Reporting.Runs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace GanSharp.Live;

/// <summary>The answers. Everything comes from the run's folder, from memory or from a copy of the generator; a word of a request chooses from a list, and is never part of a path.</summary>
internal sealed class PageApi(RunShelf shelf, RunControl control, EventClients clients, RunWatch watch, WalkPictures? walk, int? classes)
{
    private const string Json = "application/json", Text = "text/plain; charset=utf-8", Real = "real.png";

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", context => Answer(context, "text/html; charset=utf-8", PageAssets.Linked));
        routes.MapGet("/assets/{name}", Asset);
        routes.MapGet("/api/runs", Runs);
        routes.MapGet("/api/runs/{id}", Run);
        routes.MapGet("/api/runs/{id}/samples/{picture}", Picture);
        routes.MapGet("/api/events", context => clients.Listen(context, ("progress", watch.Progress())));
        routes.MapGet("/api/interpolation", Interpolation);
        routes.MapPost("/api/pause", context => Done(context, control.Pause(), "The run stands still after the step in progress.", "There is no run to pause."));
        routes.MapPost("/api/resume", context => Done(context, control.GoOn(), "The run goes on.", "The run wasn't paused here."));
        routes.MapPost("/api/save", context => Done(context, control.Save(), $"A checkpoint is made after step {(control.Step ?? 0).ToString("N0", CultureInfo.InvariantCulture)}.", "This run makes no checkpoints: start it with WithCheckpoints."));
    }

    /// <summary>Where the page finds a run's pictures. The time makes the address of a picture that was drawn anew another one, so that no browser shows the old one.</summary>
    public static Func<string, string?> SourceOf(string id) => path => $"api/runs/{id}/samples/{Path.GetFileName(path)}?{File.GetLastWriteTimeUtc(path).Ticks:x}";

    private static async Task Asset(HttpContext context)
    {
        var name = Word(context, "name");
        if (!PageAssets.Files.TryGetValue(name, out var content))
        {
            await Missing(context, "There is no such file.").ConfigureAwait(false);
            return;
        }
        context.Response.ContentType = name.EndsWith(".css", StringComparison.Ordinal) ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8";
        context.Response.ContentLength = content.Length;
        await context.Response.Body.WriteAsync(content, context.RequestAborted).ConfigureAwait(false);
    }

    private Task Runs(HttpContext context) => Answer(context, Json, RunWatch.Json(json =>
    {
        json.WriteStartObject();
        json.WriteStartArray("runs");
        foreach (var (id, title) in shelf.List())
        {
            json.WriteStartObject();
            json.WriteString("id", id);
            json.WriteString("title", title);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteBoolean("interpolates", walk is not null);
        if (classes is { } count)
            json.WriteNumber("classes", count);
        json.WriteEndObject();
    }));

    private async Task Run(HttpContext context)
    {
        var id = Word(context, "id");
        if (await Find(context, id).ConfigureAwait(false) is { } run)
            await Answer(context, Json, RunWatch.Json(new PageRun(run, id) { SourceOf = SourceOf(id) }.WriteTo)).ConfigureAwait(false);
    }

    private async Task Picture(HttpContext context)
    {
        if (await Find(context, Word(context, "id")).ConfigureAwait(false) is not { } run)
            return;
        var name = Word(context, "picture");
        var path = name == Real ? run.RealSamples : run.Samples.FirstOrDefault(sample => Path.GetFileName(sample.Path) == name)?.Path;
        // A link could lead out of the folder.
        if (path is null || new FileInfo(path) is not { Exists: true, LinkTarget: null })
        {
            await Missing(context, "There is no such picture.").ConfigureAwait(false);
            return;
        }
        context.Response.ContentType = "image/png";
        // A picture that is drawn anew has another address.
        context.Response.Headers.CacheControl = "private, max-age=60";
        try
        {
            await context.Response.SendFileAsync(path, context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            context.Abort();
        }
    }

    private async Task Interpolation(HttpContext context)
    {
        if (walk is null)
        {
            await Missing(context, "There is no generator here, or its samples are no pictures.").ConfigureAwait(false);
            return;
        }
        if (Number(context, "from", 0, WalkPictures.LargestSeed) is not { } from || Number(context, "to", 0, WalkPictures.LargestSeed) is not { } to || Number(context, "frames", WalkPictures.FewestFrames, WalkPictures.MostFrames) is not { } frames
            || (classes is { } count && context.Request.Query.ContainsKey("label") && Number(context, "label", 0, count - 1) is null))
        {
            await Say(context, StatusCodes.Status400BadRequest, $"from and to must be whole numbers from 0 to {WalkPictures.LargestSeed}, frames from {WalkPictures.FewestFrames} to {WalkPictures.MostFrames}{(classes is { } all ? $", label below {all}" : "")}.").ConfigureAwait(false);
            return;
        }
        try
        {
            var label = classes is { } known ? Number(context, "label", 0, known - 1) ?? 0 : (long?)null;
            // It waits for the step in progress, so not on a thread that answers others.
            if (await Task.Factory.StartNew(() => walk.TryDraw(from, to, (int)frames, label), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false) is not var (png, step))
            {
                await Say(context, StatusCodes.Status429TooManyRequests, "Another walk is being generated; try again.").ConfigureAwait(false);
                return;
            }
            context.Response.ContentType = "image/png";
            context.Response.ContentLength = png.Length;
            context.Response.Headers["X-Step"] = step.ToString(CultureInfo.InvariantCulture);
            await context.Response.Body.WriteAsync(png, context.RequestAborted).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is NetworkException or ObjectDisposedException)
        {
            await Say(context, StatusCodes.Status409Conflict, exception is NetworkException ? exception.Message : "The run is over.").ConfigureAwait(false);
        }
    }

    private async Task<RunFolder?> Find(HttpContext context, string id)
    {
        try
        {
            if (shelf.Find(id) is { } run)
                return run;
            await Missing(context, "There is no such run.").ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            await Say(context, StatusCodes.Status409Conflict, "The run's folder can't be read.").ConfigureAwait(false);
        }
        return null;
    }

    private static long? Number(HttpContext context, string name, long lowest, long highest) =>
        long.TryParse(context.Request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= lowest && number <= highest ? number : null;

    private static string Word(HttpContext context, string name) => context.Request.RouteValues[name] as string ?? "";

    private static Task Done(HttpContext context, bool isDone, string yes, string no) => Say(context, isDone ? StatusCodes.Status202Accepted : StatusCodes.Status409Conflict, isDone ? yes : no);

    private static Task Missing(HttpContext context, string what) => Say(context, StatusCodes.Status404NotFound, what);

    private static Task Say(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        return Answer(context, Text, text);
    }

    private static Task Answer(HttpContext context, string type, string content)
    {
        context.Response.ContentType = type;
        return context.Response.WriteAsync(content, context.RequestAborted);
    }
}
