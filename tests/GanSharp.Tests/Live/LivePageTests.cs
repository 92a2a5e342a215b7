using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using FluentAssertions;
using GanSharp.Live;
using GanSharp.Reporting.Runs;
using GanSharp.Tests.Training;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace GanSharp.Tests.Live;

/// <summary>A run with a page, asked without a browser.</summary>
public sealed class LivePageTests : IDisposable
{
    private const int Steps = 60;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private readonly TemporaryFolder parent = new();

    private static LivePageOptions Quiet => new() { Logger = NullLogger.Instance };

    [Fact]
    public async Task A_hundred_clients_that_never_read_and_many_walks_change_no_bit_of_the_run()
    {
        using var run = new SmallRun();
        using var folder = RunFolder.Create(parent.File("run"), run.Trainer);
        using var page = LivePage.Start(folder, Quiet);
        var clients = Enumerable.Range(0, 100).Select(_ => Listen(page)).ToArray();
        using var client = new HttpClient { BaseAddress = page.Address };
        var walks = new List<byte[]>();

        foreach (var report in run.Trainer.Train(Steps).Every(20).WithRunFolder(folder))
        {
            walks.Add(await client.GetByteArrayAsync("api/interpolation?from=1&to=2&frames=4"));
            (await client.GetStringAsync("api/runs/run")).Should().Contain("\"records\"");
            (await client.PostAsync("api/pause", null)).StatusCode.Should().Be(HttpStatusCode.Accepted);
            (await client.PostAsync("api/resume", null)).StatusCode.Should().Be(HttpStatusCode.Accepted);
        }

        var refused = clients.Count(IsRefused);
        refused.Should().Be(36, "64 may listen");
        foreach (var each in clients)
            each.Dispose();
        walks.Select(Convert.ToBase64String).Should().OnlyHaveUniqueItems("each is of the generator as it was");
        Enumerable.SequenceEqual(walks[2], await client.GetByteArrayAsync("api/interpolation?from=1&to=2&frames=4")).Should().BeTrue();
        using var quiet = new SmallRun();
        quiet.Trainer.Train(Steps).Every(20).Count().Should().Be(3);
        run.Weights().Should().Be(quiet.Weights());
    }

    [Fact]
    public async Task The_page_pauses_the_run_saves_it_and_lets_it_go_on()
    {
        using var run = new SmallRun();
        using var folder = RunFolder.Create(parent.File("run"), run.Trainer);
        using var page = LivePage.Start(folder, Quiet);
        using var client = new HttpClient { BaseAddress = page.Address };
        (await client.PostAsync("api/save", null)).StatusCode.Should().Be(HttpStatusCode.Conflict, "no run is in progress");
        (await client.PostAsync("api/pause", null)).EnsureSuccessStatusCode();
        var training = Task.Run(() => run.Trainer.Train(5).WithCheckpoints(folder.CheckpointFolder, new() { EverySteps = 1_000 }).Count());
        SpinWait.SpinUntil(() => run.Trainer.MakesCheckpoints, Patience).Should().BeTrue();

        (await client.PostAsync("api/save", null)).EnsureSuccessStatusCode();
        SpinWait.SpinUntil(() => Opened(folder).Checkpoints.Count == 1, Patience).Should().BeTrue();
        run.Trainer.Step.Should().Be(0);
        (await client.PostAsync("api/resume", null)).EnsureSuccessStatusCode();

        (await training.WaitAsync(Patience)).Should().Be(5);
        (await client.PostAsync("api/resume", null)).StatusCode.Should().Be(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task The_server_ends_with_the_run_and_its_pages_are_told()
    {
        using var run = new SmallRun();
        using var folder = RunFolder.Create(parent.File("run"), run.Trainer);
        Uri? address = null;
        Task<string>? events = null;
        using var said = new StringWriter();
        var console = Console.Out;
        Console.SetOut(said);
        try
        {
            foreach (var report in run.Trainer.Train(20).Every(10).WithRunFolder(folder).WithLivePage(folder))
            {
                address ??= new Uri(said.ToString().Split("Live page: ")[1].Trim());
                using var client = new HttpClient { BaseAddress = address };
                events ??= new HttpClient { BaseAddress = address }.GetStreamAsync("api/events").ContinueWith(stream => new StreamReader(stream.Result).ReadToEnd(), TaskScheduler.Default);
                SpinWait.SpinUntil(() => Opened(folder).Reports.Count > 0, Patience);
                (await client.GetFromJsonAsync<JsonElement>("api/runs/run")).GetProperty("records")[0].GetProperty("step").GetInt64().Should().Be(10);
                // Left paused, the run must end all the same.
                if (report.Step == 20)
                    (await client.PostAsync("api/pause", null)).EnsureSuccessStatusCode();
            }
        }
        finally
        {
            Console.SetOut(console);
        }

        said.ToString().Trim().Should().Be($"Live page: {address}", "it is said once, and the server says nothing else");
        run.Trainer.IsPaused.Should().BeFalse();
        (await events!.WaitAsync(Patience)).Should().Contain("event: progress").And.Contain("\"state\":\"running\"").And.Contain("\"step\":20").And.MatchRegex("\"state\":\"over\"[^}]*}\\s*$");
        var ask = async () => await new HttpClient { BaseAddress = address }.GetAsync("/");
        await ask.Should().ThrowAsync<HttpRequestException>();
    }

    [Fact]
    public async Task A_page_that_reads_too_slowly_loses_events_and_is_told_so()
    {
        var clients = new EventClients(maximum: 1);
        using var body = new GatedStream();
        var context = new DefaultHttpContext { Response = { Body = body } };
        var listening = clients.Listen(context, ("progress", "0"));
        SpinWait.SpinUntil(() => clients.Any, Patience).Should().BeTrue();

        for (var index = 1; index <= 1_000; index++)
            clients.Send("progress", $"{index}");
        clients.Complete();
        body.Open();
        await listening.WaitAsync(Patience);

        var text = Encoding.UTF8.GetString(body.ToArray());
        text.Split("\n\n").Should().HaveCountLessThan(50);
        text.Should().Contain("event: dropped\ndata: 9");
        clients.Any.Should().BeFalse();
    }

    /// <summary>In the second case the new run has passed the old one's last step before anyone looked; in the last, pictures are gone and reports aren't.</summary>
    [Theory]
    [InlineData(20L)]
    [InlineData(15L, 25L, 35L, 45L, 55L)]
    [InlineData]
    public async Task Pages_are_told_what_is_new_and_to_take_everything_anew_where_the_folder_was_begun_anew(params long[] steps)
    {
        using var served = new ServedFolder(reports: 3);
        using var page = served.Serve();
        using var client = new HttpClient { BaseAddress = page.Address };
        using var events = new StreamReader(await client.GetStreamAsync("api/events"));

        served.Append(40);
        (await NextNews(events)).Should().StartWith("changed ").And.Contain("\"step\":40").And.NotContain("\"step\":30");
        if (steps.Length > 0)
            served.Replace(steps);
        else
            served.DeletePictures();

        (await NextNews(events)).Should().Be("anew {}");
    }

    [Fact]
    public async Task A_picture_that_is_drawn_anew_has_another_address()
    {
        using var served = new ServedFolder(reports: 1);
        using var page = served.Serve();
        using var client = new HttpClient { BaseAddress = page.Address };
        async Task<string[]> Pictures() => await client.GetFromJsonAsync<JsonElement>("api/runs/run") is var run ? [run.GetProperty("samples")[0].GetProperty("src").GetString()!, run.GetProperty("real").GetString()!] : [];
        var before = await Pictures();
        (await Pictures()).Should().Equal(before);

        foreach (var picture in Directory.GetFiles(Path.Combine(served.Run, "samples")))
            File.SetLastWriteTimeUtc(picture, DateTime.UtcNow.AddSeconds(1));

        var after = await Pictures();
        after.Should().NotIntersectWith(before);
        foreach (var address in after)
            (await client.GetByteArrayAsync(address)).Should().StartWith([0x89, (byte)'P']);
    }

    [Fact]
    public async Task A_pause_that_comes_while_the_run_ends_does_not_outlast_it()
    {
        using var run = new SmallRun();
        var control = new RunControl(run.Trainer);
        var isDone = false;
        var pausing = Task.Run(() =>
        {
            while (!Volatile.Read(ref isDone))
                Volatile.Read(ref control).Pause();
        });
        var isHeld = false;

        for (var time = Stopwatch.StartNew(); !isHeld && time.Elapsed < TimeSpan.FromSeconds(1);)
        {
            control.End();
            isHeld = run.Trainer.IsPaused;
            Volatile.Write(ref control, new RunControl(run.Trainer));
        }

        Volatile.Write(ref isDone, true);
        await pausing.WaitAsync(Patience);
        control.End();
        isHeld.Should().BeFalse();
    }

    [Fact]
    public async Task Runs_beside_it_are_listed_and_what_is_no_run_is_not()
    {
        using var served = new ServedFolder();
        served.WriteRun("second", "Another run", reports: 2);
        Directory.CreateDirectory(Path.Combine(served.FullName, "empty"));
        Directory.CreateDirectory(Path.Combine(served.FullName, "broken"));
        File.WriteAllText(Path.Combine(served.FullName, "broken", "run.json"), "[");
        using var page = served.Serve();
        using var client = new HttpClient { BaseAddress = page.Address };

        var runs = (await client.GetFromJsonAsync<JsonElement>("api/runs")).GetProperty("runs").EnumerateArray().ToArray();

        runs.Select(run => run.GetProperty("title").GetString()).Should().Equal("A GAN of test images", "Another run");
        var other = await client.GetFromJsonAsync<JsonElement>($"api/runs/{runs[1].GetProperty("id").GetString()}");
        other.GetProperty("records").GetArrayLength().Should().Be(2);
        (await client.GetByteArrayAsync(other.GetProperty("samples")[1].GetProperty("src").GetString())).Should().StartWith([0x89, (byte)'P']);
    }

    [Theory]
    [InlineData("from=1&to=2")]
    [InlineData("from=-1&to=2&frames=4")]
    [InlineData("from=1&to=1e9&frames=4")]
    [InlineData("from=1&to=2&frames=1")]
    [InlineData("from=1&to=2&frames=17")]
    public async Task A_walk_of_another_size_is_refused(string query)
    {
        using var run = new SmallRun();
        using var folder = RunFolder.Create(parent.File("run"), run.Trainer);
        using var page = LivePage.Start(folder, Quiet);

        (await ServedFolder.Get(page, $"/api/interpolation?{query}")).Should().StartWith("HTTP/1.1 400 ").And.Contain("frames from 2 to 16");
    }

    public void Dispose() => parent.Dispose();

    private static RunFolder Opened(RunFolder folder) => RunFolder.Open(folder.FullName);

    /// <summary>The next event that isn't of the progress: its name and its data.</summary>
    private static async Task<string> NextNews(StreamReader events)
    {
        while (await events.ReadLineAsync().WaitAsync(Patience) is { } line)
            if (line.StartsWith("event: ", StringComparison.Ordinal) && line != "event: progress")
                return $"{line["event: ".Length..]} {(await events.ReadLineAsync().WaitAsync(Patience))?["data: ".Length..]}";
        return "";
    }

    private static Socket Listen(LivePage page)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 1024 };
        socket.Connect(page.Address.Host, page.Address.Port);
        socket.Send("GET /api/events HTTP/1.1\r\nHost: localhost\r\n\r\n"u8);
        return socket;
    }

    private static bool IsRefused(Socket socket)
    {
        var answer = new byte[12];
        socket.ReceiveTimeout = 5_000;
        socket.Receive(answer);
        return Encoding.ASCII.GetString(answer).EndsWith("503", StringComparison.Ordinal);
    }

    /// <summary>Takes nothing until it is opened.</summary>
    private sealed class GatedStream : MemoryStream
    {
        private readonly TaskCompletionSource open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Open() => open.SetResult();

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await open.Task;
            await base.WriteAsync(buffer, cancellationToken);
        }

        public override async Task FlushAsync(CancellationToken cancellationToken) => await open.Task;
    }
}
