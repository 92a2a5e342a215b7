using Deque.AxeCore.Playwright;
using FluentAssertions;
using Microsoft.Playwright;
using Xunit;

namespace GanSharp.Tests.Live;

/// <summary>One headless Chromium for the tests of a class: the system's, because nothing is downloaded.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private IPlaywright? playwright;
    private IBrowser? chromium;

    private static string? Executable => Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named ? named : Places.FirstOrDefault(File.Exists);

    public async ValueTask InitializeAsync()
    {
        if (Executable is not { } path)
            return;
        playwright = await Playwright.CreateAsync();
        chromium = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
    }

    /// <summary>A page, and the list that its errors go to. Where there is no Chromium the test is skipped.</summary>
    internal async Task<(IPage Page, List<string> Errors)> Open(string address, int width = 1200, ColorScheme scheme = ColorScheme.Light)
    {
        if (chromium is null)
            Assert.Skip("There is no Chromium here (apt-get install chromium, or name one in CHROMIUM).");
        var page = await chromium.NewPageAsync(new() { ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = scheme });
        page.SetDefaultTimeout(15_000);
        var errors = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
                errors.Add($"{message.Type}: {message.Text}");
        };
        page.PageError += (_, error) => errors.Add(error);
        page.RequestFailed += (_, request) => errors.Add($"failed: {request.Url}");
        await page.GotoAsync(address);
        return (page, errors);
    }

    /// <summary>What axe finds wrong for people who use a keyboard, a screen reader or have weak eyes.</summary>
    internal static async Task ShouldBeAccessible(IPage page)
    {
        var result = await page.RunAxe();
        result.Violations.Where(violation => violation.Impact is "serious" or "critical")
            .Select(violation => $"{violation.Id}: {string.Join(", ", violation.Nodes.Select(node => node.Html))}").Should().BeEmpty();
    }

    public async ValueTask DisposeAsync()
    {
        if (chromium is not null)
            await chromium.DisposeAsync();
        playwright?.Dispose();
    }
}
