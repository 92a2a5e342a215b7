using System.Net;
using System.Net.Sockets;
using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Live;

/// <summary>What a page on this machine must not do for others.</summary>
public sealed class LivePageSecurityTests : IDisposable
{
    private readonly ServedFolder folder = new();

    [Fact]
    public async Task Nothing_but_what_the_run_s_reader_lists_is_served()
    {
        File.CreateSymbolicLink(Path.Combine(folder.Run, "samples", "00000040.png"), Path.Combine(folder.FullName, "secret.txt"));
        Directory.CreateSymbolicLink(Path.Combine(folder.FullName, "linked"), folder.Run);
        using var page = folder.Serve();
        string[] names = ["secret.txt", "../secret.txt", "..%2fsecret.txt", "%2e%2e/%2e%2e/secret.txt", "..%5csecret.txt", "%252e%252e%252fsecret.txt", "....//secret.txt", "%00secret.txt", "00000040.png", "run.json", "../run.json", "..%2frun.json", "%2fetc%2fpasswd"];

        foreach (var target in names.SelectMany(name => new[] { $"/{name}", $"/assets/{name}", $"/api/runs/{name}", $"/api/runs/run/samples/{name}", $"/api/runs/..%2ffirst/samples/{name}", $"/api/runs/linked/samples/{name}" }))
        {
            var answer = await ServedFolder.Get(page, target);
            answer.Should().MatchRegex("^HTTP/1.1 (404|400) ", target).And.NotContain(ServedFolder.Secret, target).And.NotContain("root:", target).And.NotContain("\"format\"", target);
        }
        (await ServedFolder.Get(page, "/api/runs/run/samples/00000010.png")).Should().StartWith("HTTP/1.1 200 ").And.Contain("PNG");
        (await ServedFolder.Get(page, "/api/runs/run/samples/real.png")).Should().StartWith("HTTP/1.1 200 ");
    }

    [Fact]
    public async Task Requests_that_are_too_large_are_refused_and_the_server_goes_on()
    {
        using var page = folder.Serve();

        (await ServedFolder.Post(page, "/api/pause", "Content-Length: 100000000")).Should().StartWith("HTTP/1.1 413 ");
        (await ServedFolder.Get(page, $"/?{new string('x', 10_000)}")).Should().StartWith("HTTP/1.1 414 ");
        (await ServedFolder.Get(page, "/", $"X-Long: {new string('x', 40_000)}")).Should().MatchRegex("^(HTTP/1.1 431 |$)");
        (await ServedFolder.Get(page, "/", [.. Enumerable.Range(0, 200).Select(index => $"X-{index}: x")])).Should().MatchRegex("^(HTTP/1.1 431 |$)");
        (await ServedFolder.Get(page, "/api/interpolation?from=1&to=2&frames=100000000")).Should().StartWith("HTTP/1.1 404 ");
        (await ServedFolder.Get(page, "/api/runs")).Should().StartWith("HTTP/1.1 200 ").And.Contain("A GAN of test images");
    }

    [Theory]
    [InlineData("Origin: http://evil.example")]
    [InlineData("Origin: null")]
    [InlineData("Origin: http://localhost:1")]
    [InlineData("Sec-Fetch-Site: cross-site")]
    [InlineData("Sec-Fetch-Site: same-site")]
    public async Task Another_site_s_page_may_not_press_a_button(string header)
    {
        using var page = folder.Serve();

        foreach (var target in new[] { "/api/pause", "/api/resume", "/api/save" })
            (await ServedFolder.Post(page, target, header)).Should().StartWith("HTTP/1.1 403 ");
        (await ServedFolder.Get(page, "/api/runs", header)).Should().StartWith("HTTP/1.1 403 ");
        // Its own page may; there is no run here to pause.
        (await ServedFolder.Post(page, "/api/pause", "Origin: https://localhost", "Sec-Fetch-Site: same-origin")).Should().StartWith("HTTP/1.1 409 ");
        (await ServedFolder.Post(page, "/api/pause", "Origin: http://localhost")).Should().StartWith("HTTP/1.1 409 ");
        (await ServedFolder.Get(page, "/api/pause")).Should().StartWith("HTTP/1.1 405 ");
    }

    [Theory]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example:80", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("127.0.0.1", true)]
    [InlineData("[::1]:80", true)]
    [InlineData("LOCALHOST:1234", true)]
    [InlineData("train.example", true)]
    public async Task A_name_that_isn_t_this_machine_s_is_refused(string host, bool isOwn)
    {
        using var page = folder.Serve(new() { HostNames = ["train.example"] });

        foreach (var target in new[] { "/", "/api/runs", "/api/events?x" })
            if (!isOwn || !target.Contains("events", StringComparison.Ordinal))
                (await ServedFolder.Get(page, target, $"Host: {host}")).Should().StartWith(isOwn ? "HTTP/1.1 200 " : "HTTP/1.1 421 ");
    }

    [Fact]
    public async Task Elsewhere_than_on_loopback_a_token_is_asked_for()
    {
        using var page = folder.Serve(new() { Address = IPAddress.Any });
        var token = page.Address.Query["?token=".Length..];
        token.Should().HaveLength(32);

        foreach (var target in new[] { "/", "/assets/page.js", "/api/runs", "/api/events", "/?token=", "/?token=wrong", $"/api/runs?token={token}" })
            (await ServedFolder.Get(page, target)).Should().StartWith("HTTP/1.1 401 ", target);
        (await ServedFolder.Get(page, "/api/runs", "Authorization: Bearer wrong")).Should().StartWith("HTTP/1.1 401 ");
        (await ServedFolder.Get(page, "/api/runs", $"Authorization: Bearer {token}x")).Should().StartWith("HTTP/1.1 401 ");
        (await ServedFolder.Post(page, "/api/pause")).Should().StartWith("HTTP/1.1 401 ");
        (await ServedFolder.Get(page, "/api/runs", $"Authorization: Bearer {token}")).Should().StartWith("HTTP/1.1 200 ");

        var welcome = await ServedFolder.Get(page, $"/?token={token}");
        welcome.Should().StartWith("HTTP/1.1 302 ").And.Contain("Location: ./").And.ContainEquivalentOf("httponly").And.ContainEquivalentOf("samesite=strict");
        (await ServedFolder.Get(page, "/api/runs", $"Cookie: gansharp-{page.Address.Port}={token}")).Should().StartWith("HTTP/1.1 200 ");
        (await ServedFolder.Get(page, "/api/runs", $"Cookie: gansharp-{page.Address.Port}=wrong")).Should().StartWith("HTTP/1.1 401 ");
    }

    [Fact]
    public async Task Answers_let_no_other_page_in()
    {
        using var page = folder.Serve();

        var answer = await ServedFolder.Get(page, "/");

        answer.Should().Contain("Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self';").And.Contain("X-Content-Type-Options: nosniff")
            .And.NotContain("unsafe").And.NotContain("Access-Control").And.NotContain("Server:").And.NotMatchRegex("<script>|style=\"|onclick");
    }

    [Fact]
    public async Task A_port_that_is_taken_and_options_that_can_t_be_are_named()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var taken = () => folder.Serve(new() { Port = port });
        var impossible = () => folder.Serve(new() { Port = 70_000 });
        var weak = () => folder.Serve(new() { Token = "short" });
        var crowd = () => folder.Serve(new() { MaximumClients = 0 });

        taken.Should().Throw<IOException>().WithMessage($"*can't listen on port {port} of 127.0.0.1: another program uses it.*");
        impossible.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*0 to 65535 but is 70000*");
        weak.Should().Throw<ArgumentException>().WithMessage("*Token must have at least 16 characters*");
        crowd.Should().Throw<ArgumentOutOfRangeException>().WithMessage("*at least 1 but is 0*");
        using var page = folder.Serve();
        (await ServedFolder.Get(page, "/")).Should().StartWith("HTTP/1.1 200 ");
    }

    [Fact]
    public void The_program_s_environment_and_settings_are_not_read()
    {
        var before = Environment.GetEnvironmentVariable("ASPNETCORE_URLS");
        Environment.SetEnvironmentVariable("ASPNETCORE_URLS", "http://0.0.0.0:1");
        try
        {
            using var page = folder.Serve();

            page.Address.Host.Should().Be("127.0.0.1");
            page.Address.Port.Should().BeGreaterThan(1);
        }
        finally
        {
            Environment.SetEnvironmentVariable("ASPNETCORE_URLS", before);
        }
    }

    public void Dispose() => folder.Dispose();
}
