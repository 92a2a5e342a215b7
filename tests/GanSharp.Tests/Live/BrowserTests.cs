using FluentAssertions;
using GanSharp.Live;
using GanSharp.Reporting.Page;
using GanSharp.Reporting.Runs;
using GanSharp.Tests.Training;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Playwright;
using Xunit;

namespace GanSharp.Tests.Live;

/// <summary>The page as a person sees it.</summary>
public sealed class BrowserTests(Browser browser) : IClassFixture<Browser>, IDisposable
{
    private const string Hostile = "</script><img src=x onerror=alert(1)>";
    private readonly TemporaryFolder parent = new();

    [Fact]
    public async Task The_live_page_shows_a_run_as_it_goes()
    {
        using var run = new SmallRun();
        using var folder = RunFolder.Create(parent.File("run"), run.Trainer, new() { Title = $"A run {Hostile}", DrawingShare = 1 });
        using var live = LivePage.Start(folder, new() { Logger = NullLogger.Instance });
        using var cancellation = new CancellationTokenSource();
        var training = Task.Run(() => run.Trainer.Train(1_000_000, cancellation.Token).Every(25).WithRunFolder(folder).Count());
        var (page, errors) = await browser.Open(live.Address.AbsoluteUri);

        // It loads, and follows the run.
        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync($"A run {Hostile}");
        await Assertions.Expect(page.Locator("#connection")).ToHaveTextAsync("Connected");
        await Assertions.Expect(page.Locator("#charts .chart").First).ToBeVisibleAsync();
        var first = await page.Locator("#progress").TextContentAsync();
        await Assertions.Expect(page.Locator("#progress")).Not.ToHaveTextAsync(first!);
        await page.WaitForFunctionAsync("() => document.querySelector('#step').max >= 3 && document.querySelector('.pictures img').naturalWidth > 0");

        // Paused, nothing moves under the other checks.
        await page.Locator("#pause").ClickAsync();
        await Assertions.Expect(page.Locator("#pause")).ToHaveTextAsync("Go on");
        await Assertions.Expect(page.Locator("#progress")).ToContainTextAsync("paused");

        // The slider, by keyboard.
        await page.Locator("#step").FocusAsync();
        await page.Keyboard.PressAsync("Home");
        await Assertions.Expect(page.Locator("#step-value")).ToHaveTextAsync("25");
        await page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(page.Locator("#step")).ToHaveAttributeAsync("aria-valuetext", "step 50");
        await Assertions.Expect(page.Locator(".pictures figcaption").First).ToHaveTextAsync("Generated at step 50");
        await page.WaitForFunctionAsync("() => [...document.querySelectorAll('.pictures img')].every(image => image.complete && image.naturalWidth > 0)");

        // Zoom by dragging, and back.
        var box = (await page.Locator("#charts .u-over").First.BoundingBoxAsync())!;
        await page.Locator("#charts .u-over").First.ScrollIntoViewIfNeededAsync();
        box = (await page.Locator("#charts .u-over").First.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(box.X + box.Width * 0.25f, box.Y + 50);
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(box.X + box.Width * 0.75f, box.Y + 60, new() { Steps = 4 });
        await page.Mouse.UpAsync();
        await Assertions.Expect(page.Locator("#zoom-reset")).ToBeEnabledAsync();
        double.Parse(await page.Locator("#zoom-from").InputValueAsync(), System.Globalization.CultureInfo.InvariantCulture).Should().BeGreaterThan(25);
        await page.Locator("#zoom-reset").ClickAsync();
        await Assertions.Expect(page.Locator("#zoom-from")).ToHaveValueAsync("");

        // A walk through latent space, by a copy of the generator.
        await page.Locator("#walk button").ClickAsync();
        await Assertions.Expect(page.Locator("#strip-note")).ToContainTextAsync("8 images from seed 1 to seed 2");
        (await page.EvaluateAsync<int>("() => document.querySelector('#strip').naturalWidth")).Should().BeGreaterThan(100);

        await Browser.ShouldBeAccessible(page);
        await page.EmulateMediaAsync(new() { ColorScheme = ColorScheme.Dark });
        await Browser.ShouldBeAccessible(page);
        await page.SetViewportSizeAsync(390, 800);
        (await page.EvaluateAsync<int>("() => document.documentElement.scrollWidth")).Should().BeLessThanOrEqualTo(390, "a phone scrolls down only");

        await page.Locator("#pause").ClickAsync();
        await Assertions.Expect(page.Locator("#pause")).ToHaveTextAsync("Pause");
        cancellation.Cancel();
        (await training).Should().BeGreaterThan(3);
        errors.Should().BeEmpty();
        await page.CloseAsync();
    }

    [Fact]
    public async Task A_page_shows_nothing_of_the_run_that_was_in_the_folder_before()
    {
        using var served = new ServedFolder(reports: 3);
        using var live = served.Serve();
        var (page, errors) = await browser.Open(live.Address.AbsoluteUri);
        await Assertions.Expect(page.Locator("#connection")).ToHaveTextAsync("Connected");
        await Assertions.Expect(page.Locator("#headline")).ToHaveTextAsync("The headline of first at 30.");
        await Assertions.Expect(page.Locator("#step")).ToHaveAttributeAsync("max", "2");

        served.DeletePictures();
        served.Replace(20);

        await Assertions.Expect(page.Locator("#headline")).ToHaveTextAsync("The headline of another at 20.");
        await Assertions.Expect(page.Locator("#samples")).ToBeHiddenAsync();
        errors.Should().BeEmpty();
        await page.CloseAsync();
    }

    [Fact]
    public async Task Real_samples_that_come_late_are_shown()
    {
        using var served = new ServedFolder(reports: 1);
        var (there, aside) = (Path.Combine(served.Run, "samples", "real.png"), parent.File("real.png"));
        File.Move(there, aside);
        using var live = served.Serve();
        var (page, _) = await browser.Open(live.Address.AbsoluteUri);
        await Assertions.Expect(page.Locator("#connection")).ToHaveTextAsync("Connected");
        await Assertions.Expect(page.Locator(".pictures figcaption")).ToHaveTextAsync(["Generated at step 10"]);

        File.Move(aside, there);
        served.Append(20);

        await Assertions.Expect(page.Locator(".pictures figcaption")).ToHaveTextAsync(["Generated at step 10", "Real, held out"]);
        await page.CloseAsync();
    }

    [Fact]
    public async Task The_page_in_a_file_works_offline_and_compares_runs()
    {
        using var served = new ServedFolder(Hostile, reports: 60);
        var other = served.WriteRun("second", "Another run", reports: 5);
        var path = parent.File("report.html");
        RunPage.Save(path, RunFolder.Open(served.Run), RunFolder.Open(other));
        var (page, errors) = await browser.Open(new Uri(path).AbsoluteUri, scheme: ColorScheme.Dark);

        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync(Hostile);
        await Assertions.Expect(page.Locator("#headline")).ToHaveTextAsync("The headline of first at 600.");
        await Assertions.Expect(page.Locator("#explanation")).ToContainTextAsync("no proof of closeness");
        await Assertions.Expect(page.Locator(".finding")).ToContainTextAsync("OK: balanced");
        // Both runs in every chart, each with a row in its table.
        await Assertions.Expect(page.Locator("#charts .chart").First.Locator("tbody tr")).ToHaveCountAsync(2);
        await page.GetByLabel("Another run").UncheckAsync();
        await Assertions.Expect(page.Locator("#charts .chart").First.Locator("tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(page.Locator("#samples-note")).ToContainTextAsync($"{RunPage.MaximumPictures} evenly chosen steps of 60");
        await page.Locator("summary", new() { HasText = "Options" }).ClickAsync();
        await page.Locator("#filter").FillAsync("batch");
        await Assertions.Expect(page.Locator("#option-table tbody tr")).ToHaveCountAsync(1);
        await Browser.ShouldBeAccessible(page);
        (await page.EvaluateAsync<int>("() => document.querySelectorAll('h1 *, img[src=x]').length")).Should().Be(0);
        errors.Should().BeEmpty();
        await page.CloseAsync();
    }

    [Fact]
    public async Task Charts_take_more_steps_than_a_call_takes_arguments()
    {
        using var served = new ServedFolder(reports: 3);
        var path = parent.File("long.html");
        RunPage.Save(path, RunFolder.Open(served.Run));
        var (page, errors) = await browser.Open(new Uri(path).AbsoluteUri);

        await page.EvaluateAsync("() => charts.show(document.querySelector('#charts'), [{ records: Array.from({ length: 300000 }, (_, step) => ({ step })) }])");

        errors.Should().BeEmpty();
        await page.CloseAsync();
    }

    public void Dispose() => parent.Dispose();
}
