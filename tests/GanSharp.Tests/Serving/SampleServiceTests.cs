using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using FluentAssertions;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Onnx;
using GanSharp.Samples.Serve;
using GanSharp.Tests.Packaging;
using SkiaSharp;
using TorchSharp;
using Xunit;

namespace GanSharp.Tests.Serving;

/// <summary>The sample service on a real port: it answers what it should, and refuses the rest with a reason.</summary>
public sealed class SampleServiceTests
{
    [Fact]
    public async Task Samples_are_a_picture_of_the_seed()
    {
        await WithService(Images, async client =>
        {
            var first = await client.GetByteArrayAsync("/samples?count=6&seed=1&label=2&columns=3");

            using var picture = SKBitmap.Decode(first);
            (picture.Width, picture.Height).Should().Be((3 * 14 - 2, 2 * 14 - 2));
            (await client.GetByteArrayAsync("/samples?count=6&seed=1&label=2&columns=3")).Should().Equal(first);
            (await client.GetByteArrayAsync("/samples?count=6&seed=2&label=2&columns=3")).Should().NotEqual(first);
            (await client.GetByteArrayAsync("/samples?count=6&seed=1&label=1&columns=3")).Should().NotEqual(first);
            (await client.GetFromJsonAsync<JsonElement>("/health")).GetProperty("classes").GetInt32().Should().Be(3);
            (await client.GetStringAsync("/")).Should().Contain("type=\"range\"");
        });
    }

    [Theory]
    [InlineData("count=0", "count must lie from 1 to 256 but is 0.")]
    [InlineData("count=257", "count must lie from 1 to 256 but is 257.")]
    [InlineData("label=3", "label must lie from 0 to 2 but is 3.")]
    [InlineData("columns=0", "columns must lie from 1 to 64 but is 0.")]
    [InlineData("format=gif", "format must be png or json but is 'gif'.")]
    [InlineData("count=many", "")]
    public async Task A_bad_request_gets_a_problem_with_its_reason(string query, string reason)
    {
        await WithService(Images, async client =>
        {
            using var answer = await client.GetAsync($"/samples?{query}");

            answer.StatusCode.Should().Be(HttpStatusCode.BadRequest);
            answer.Content.Headers.ContentType!.MediaType.Should().Be("application/problem+json");
            if (reason.Length > 0)
                (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").GetProperty(query.Split('=')[0])[0].GetString().Should().Be(reason);
        });
    }

    [Fact]
    public async Task Points_are_served_as_json_only()
    {
        await WithService(() => new MlpGenerator(4, 8, 2, prior: LatentPrior.Uniform(4)), async client =>
        {
            var answer = await client.GetFromJsonAsync<JsonElement>("/samples?count=5&format=json");

            answer.GetProperty("values").GetArrayLength().Should().Be(10);
            (await client.GetAsync("/samples?count=5")).StatusCode.Should().Be(HttpStatusCode.BadRequest);
        });
    }

    [Theory]
    [InlineData("uniform", 1)]
    [InlineData("uniform 1.5", 1.5)]
    public async Task A_uniform_prior_is_drawn_from_up_to_its_bound(string name, double bound)
    {
        await WithService(() => Identity(LatentPrior.Uniform(1, bound)), async client =>
        {
            var answer = await client.GetFromJsonAsync<JsonElement>("/samples?count=256&format=json");

            answer.GetProperty("values").EnumerateArray().Max(value => Math.Abs(value.GetDouble())).Should().BeInRange(0.9 * bound, bound + 1e-5);
        });
        using var network = Identity(LatentPrior.Uniform(1, bound));
        network.Prior.Kind.Should().Be(name);
    }

    /// <summary>Its samples are the latents: behind the bias no unit is ever negative.</summary>
    private static MlpGenerator Identity(LatentPrior prior)
    {
        var network = new MlpGenerator(1, 1, 1, hiddenLayers: 1, prior);
        using var frozen = torch.no_grad();
        foreach (var (name, parameter) in network.named_parameters())
            parameter.fill_(!name.EndsWith("bias") ? 1 : name.Contains("output") ? -10 : 10);
        return network;
    }

    [Fact]
    public async Task Many_requests_at_once_are_all_answered()
    {
        await WithService(Images, async client =>
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(seed => client.GetAsync($"/samples?count=16&seed={seed}")));

            answers.Should().OnlyContain(answer => answer.StatusCode == HttpStatusCode.OK);
        });
    }

    [Fact]
    public void A_port_that_this_user_may_not_listen_on_is_one_line()
    {
        const int Port = 80;
        const string FirstFreePort = "/proc/sys/net/ipv4/ip_unprivileged_port_start", Setpriv = "/usr/bin/setpriv";
        Assert.SkipUnless(File.Exists(FirstFreePort) && int.Parse(File.ReadAllText(FirstFreePort), CultureInfo.InvariantCulture) > Port, "Everyone may listen on every port here.");
        Assert.SkipUnless(!Environment.IsPrivilegedProcess || File.Exists(Setpriv), "This user may listen on every port, and there is no setpriv to give that up with.");
        using var folder = new TemporaryFolder();
        using (var network = Images())
            network.ExportOnnx(folder.File("generator.onnx"));
        string[] dropped = Environment.IsPrivilegedProcess ? [Setpriv, "--bounding-set", "-net_bind_service", "--inh-caps", "-net_bind_service"] : [];
        string[] command = [.. dropped, "dotnet", typeof(SampleService).Assembly.Location, folder.File("generator.onnx"), "--port", $"{Port}"];

        var (exitCode, output) = DotnetCommand.RunProgram(folder.FullName, command[0], command[1..]);

        output.Trim().Should().Be("Error: --port 80 can't be listened on: Permission denied.");
        exitCode.Should().Be(1);
    }

    private static MlpGenerator Images() => new(4, 8, new ImageShape(1, 12, 12), classes: 3);

    private static async Task WithService(Func<GeneratorNetwork> make, Func<HttpClient, Task> use)
    {
        using var folder = new TemporaryFolder();
        using (var network = make())
            network.ExportOnnx(folder.File("generator.onnx"));
        using var generator = new OnnxGenerator(folder.File("generator.onnx"), threads: 1);
        await using var service = SampleService.Create(generator, "http://127.0.0.1:0");
        await service.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(service.Urls.First()) };
        await use(client);
        await service.StopAsync();
    }
}
