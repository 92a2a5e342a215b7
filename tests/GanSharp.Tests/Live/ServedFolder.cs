using System.Globalization;
using System.Net.Sockets;
using System.Text;
using GanSharp.Live;
using GanSharp.Reporting;
using GanSharp.Reporting.Runs;
using static TorchSharp.torch;

namespace GanSharp.Tests.Live;

/// <summary>A run's folder with a few reports and pictures, and a secret beside it.</summary>
internal sealed class ServedFolder : IDisposable
{
    public const string Secret = "nobody may read this";
    private readonly TemporaryFolder parent = new();

    public ServedFolder(string title = "A GAN of test images", int reports = 3)
    {
        File.WriteAllText(parent.File("secret.txt"), Secret);
        Run = WriteRun("first", title, reports);
    }

    public string FullName => parent.FullName;

    /// <summary>The run's folder.</summary>
    public string Run { get; }

    /// <summary>Writes another run beside it.</summary>
    public string WriteRun(string name, string title, int reports)
    {
        var folder = Path.Combine(parent.FullName, name);
        Directory.CreateDirectory(Path.Combine(folder, "samples"));
        File.WriteAllText(Path.Combine(folder, "run.json"), $$"""{"format":1,"title":"{{title}}","kind":"gan","created":"2026-01-01T00:00:00Z","version":"0.1.0","lastStep":100}""");
        File.WriteAllText(Path.Combine(folder, "options.json"), """{"BatchSize":"64","Seed":"1"}""");
        File.WriteAllLines(Path.Combine(folder, "reports.jsonl"), Enumerable.Range(1, reports).Select(index => Line(index * 10, name)));
        using var images = zeros(4, 1, 8, 8);
        foreach (var picture in Enumerable.Range(1, reports).Select(index => (index * 10).ToString("00000000", CultureInfo.InvariantCulture)).Append("real"))
            ImageGrid.Save(images, Path.Combine(folder, "samples", $"{picture}.png"), 2);
        return folder;
    }

    /// <summary>Adds a report.</summary>
    public void Append(long step) => File.AppendAllText(Path.Combine(Run, "reports.jsonl"), Line(step, "first") + "\n");

    /// <summary>Puts another run's reports in the place of those that are there.</summary>
    public void Replace(params long[] steps) => File.WriteAllLines(Path.Combine(Run, "reports.jsonl"), steps.Select(step => Line(step, "another")));

    /// <summary>Deletes the pictures of all steps.</summary>
    public void DeletePictures()
    {
        foreach (var picture in Directory.GetFiles(Path.Combine(Run, "samples"), "0*.png"))
            File.Delete(picture);
    }

    public LivePage Serve(LivePageOptions? options = null)
    {
        using var folder = RunFolder.Open(Run);
        return LivePage.Start(folder, (options ?? new()) with { Logger = options?.Logger ?? Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance });
    }

    /// <summary>Sends bytes as they are, which HttpClient would make decent first, and reads the answer.</summary>
    public static async Task<string> Ask(LivePage page, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", page.Address.Port);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.Latin1);
        try
        {
            return await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(10));
        }
        catch (IOException)
        {
            // The server hung up on a request that it refused while it was still being sent.
            return "";
        }
    }

    public static Task<string> Get(LivePage page, string target, params string[] headers) =>
        Ask(page, $"GET {target} HTTP/1.1\r\n{string.Concat(headers.Select(header => $"{header}\r\n"))}{(headers.Any(header => header.StartsWith("Host:", StringComparison.Ordinal)) ? "" : "Host: localhost\r\n")}Connection: close\r\n\r\n");

    public static Task<string> Post(LivePage page, string target, params string[] headers) =>
        Ask(page, $"POST {target} HTTP/1.1\r\nHost: localhost\r\n{string.Concat(headers.Select(header => $"{header}\r\n"))}{(headers.Any(header => header.StartsWith("Content-Length", StringComparison.Ordinal)) ? "" : "Content-Length: 0\r\n")}Connection: close\r\n\r\n");

    public void Dispose() => parent.Dispose();

    private static string Line(long step, string name) => $$$"""
        {"step":{{{step}}},"lastStep":100,"elapsedSeconds":{{{step}}},"samplesPerSecond":1000,"headline":"The headline of {{{name}}} at {{{step}}}","standing":"Unaudited","losses":{"discriminator":1.2,"generator":0.7},"estimates":{"js_bound_nats":{"value":0.2,"lower":0.18,"upper":0.22}},"metrics":{"distance":{"value":3,"lower":2,"upper":4,"goal":"Lower","ofReal":1,"step":{{{step}}}}},"findings":[{"name":"balanced","isProblem":false,"evidence":"all is well","advice":"Go on"}]}
        """;
}
