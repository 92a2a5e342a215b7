using System.Collections.Concurrent;
using System.Globalization;
using FluentAssertions;
using GanSharp.Networks.Weights;
using GanSharp.Randomness;
using GanSharp.Runtime;
using GanSharp.Training.Serving;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace GanSharp.Tests.Training;

/// <summary>A web server of the framework's that answers from a snapshot while the run goes on.</summary>
public sealed class ServingTests
{
    private const int Requests = 1_000, RequestsPerUpdate = 50, Clients = 8, Seeds = 5, StepsBetweenUpdates = 5;

    [Fact]
    public async Task A_thousand_requests_are_answered_whole_and_change_no_bit_of_the_run()
    {
        using var folder = new TemporaryFolder();
        using var run = new SmallRun();
        using var snapshot = run.Trainer.Snapshot();
        var versions = new List<string> { Save(run, folder) };
        await using var server = await Serve(snapshot);
        var answers = new ConcurrentBag<(int Seed, string Answer)>();
        // Requests come all along the run, however fast either is: so many after each update, while the next steps run.
        using var permits = new SemaphoreSlim(0);
        var asking = Ask(server.Urls.Single(), answers, permits);

        foreach (var _ in run.Trainer.Train(1_000_000).Every(StepsBetweenUpdates))
        {
            versions.Add(Save(run, folder));
            snapshot.Update();
            permits.Release(RequestsPerUpdate);
            if (asking.IsCompleted)
                break;
        }

        await asking;
        answers.Should().HaveCount(Requests);
        using var quiet = new SmallRun();
        quiet.Trainer.Train(run.Trainer.Step).Every(StepsBetweenUpdates).Last().Step.Should().Be(run.Trainer.Step);
        run.Weights().Should().Be(quiet.Weights());
        var known = Answers(versions);
        answers.Should().OnlyContain(given => known.Contains(given));
        answers.Select(given => given.Answer).Distinct().Should().HaveCountGreaterThan(2 * Seeds, "the answers follow the run");
    }

    private static async Task<WebApplication> Serve(GeneratorSnapshot snapshot)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        server.MapGet("/sample/{seed:long}", async (long seed, CancellationToken cancellation) =>
        {
            using var samples = await snapshot.SampleAsync(2, seed, cancellationToken: cancellation);
            return Results.Bytes(samples.bytes.ToArray());
        });
        await server.StartAsync();
        return server;
    }

    private static async Task Ask(string url, ConcurrentBag<(int Seed, string Answer)> answers, SemaphoreSlim permits)
    {
        using var client = new HttpClient { BaseAddress = new Uri(url) };
        await Parallel.ForEachAsync(Enumerable.Range(0, Requests), new ParallelOptions { MaxDegreeOfParallelism = Clients }, async (request, cancellation) =>
        {
            await permits.WaitAsync(cancellation);
            var seed = request % Seeds;
            var bytes = await client.GetByteArrayAsync(new Uri(string.Create(CultureInfo.InvariantCulture, $"/sample/{seed}"), UriKind.Relative), cancellation);
            answers.Add((seed, Convert.ToHexString(bytes)));
        });
    }

    private static string Save(SmallRun run, TemporaryFolder folder)
    {
        var path = folder.File(string.Create(CultureInfo.InvariantCulture, $"{run.Trainer.Step}.safetensors"));
        using (run.Trainer.UseAverage())
            run.Generator.SaveWeights(path);
        return path;
    }

    /// <summary>What each version of the weights answers to each seed where nothing else runs.</summary>
    private static HashSet<(int Seed, string Answer)> Answers(IEnumerable<string> versions)
    {
        using var generator = SmallRun.NewGenerator();
        using var thread = new LoneThread("quiet answers");
        var known = new HashSet<(int, string)>();
        foreach (var version in versions)
        {
            generator.LoadWeights(version);
            for (var seed = 0; seed < Seeds; seed++)
                known.Add((seed, thread.Run(() =>
                {
                    using var random = SeededRandom.Create(seed, "samples");
                    using var samples = generator.Sample(2, random: random);
                    return Convert.ToHexString(samples.bytes);
                }, CancellationToken.None).Result));
        }
        return known;
    }
}
