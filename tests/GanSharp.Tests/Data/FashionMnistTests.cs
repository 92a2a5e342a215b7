using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Images;
using Xunit;

namespace GanSharp.Tests.Data;

public sealed class FashionMnistTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void The_subset_that_ships_with_the_sample_is_real_and_balanced()
    {
        using var data = ShippedGarments.Load();

        (data.Count, data.HeldOut!.Count).Should().Be((10_000, 2_000));
        data.SampleShape.Should().Equal(1, 28, 28);
        data.Draw(0, 0, 10_000).Labels!.bincount(null, 10).data<long>().ToArray().Should().AllBeEquivalentTo(1_000);
        data.HeldOut.Draw(0, 0, 2_000).Labels!.bincount(null, 10).data<long>().ToArray().Should().AllBeEquivalentTo(200);
        FashionMnist.ClassNames.Should().HaveCount(10);
    }

    [Fact]
    public void The_whole_set_is_taken_from_Debians_package_where_it_is_installed()
    {
        Assert.SkipUnless(Directory.Exists(FashionMnist.DebianFolder), "The package dataset-fashion-mnist isn't installed.");

        using var data = FashionMnist.Load();

        (data.Count, data.HeldOut!.Count).Should().Be((60_000, 10_000));
    }

    [Fact]
    public void A_download_with_the_right_checksum_is_kept()
    {
        var content = Gzip([1, 2, 3]);
        var target = folder.File("file.gz");

        VerifiedDownload.Save(Serving(content), new Uri("http://localhost/file.gz"), Convert.ToHexStringLower(SHA256.HashData([1, 2, 3])), target, default);

        File.ReadAllBytes(target).Should().Equal(content);
        Directory.GetFiles(folder.FullName).Should().ContainSingle();
    }

    [Fact]
    public void A_download_with_another_checksum_is_refused_and_not_kept()
    {
        var save = () => VerifiedDownload.Save(Serving(Gzip([1, 2, 4])), new Uri("http://localhost/file.gz"), "ab12", folder.File("file.gz"), default);

        save.Should().Throw<InvalidDatasetException>().WithMessage("http://localhost/file.gz must have the SHA-256 ab12 when decompressed but has *; nothing was kept.");
        Directory.GetFiles(folder.FullName).Should().BeEmpty();
    }

    [Fact]
    public void A_page_of_some_portal_in_place_of_the_file_is_refused()
    {
        var save = () => VerifiedDownload.Save(Serving("<html>log in</html>"u8.ToArray()), new Uri("http://localhost/file.gz"), "ab12", folder.File("file.gz"), default);

        save.Should().Throw<InvalidDatasetException>().WithMessage("*but has no valid gzip content; nothing was kept.");
    }

    [Fact]
    public void Without_a_network_the_error_says_what_was_tried_and_what_to_do()
    {
        using var client = new HttpClient(new Server(_ => throw new HttpRequestException("no route to host")));
        var download = () => FashionMnist.Download.Into(folder.FullName, client, default);

        download.Should().Throw<IOException>().WithMessage(
            $"Fashion-MNIST is neither in '{FashionMnist.DebianFolder}' nor in '{folder.FullName}', and https://*t10k-images-idx3-ubyte.gz can't be downloaded: no route to host. "
            + "Install Debian's package dataset-fashion-mnist, or put the four files into a folder and pass that folder.");
    }

    [Fact]
    public void A_network_that_does_not_answer_in_time_is_no_cancellation()
    {
        using var client = new HttpClient(new Server(_ => throw new TaskCanceledException("the time of 100 seconds has passed")));
        using var canceled = new CancellationTokenSource();
        void Download() => FashionMnist.Download.Into(folder.FullName, client, canceled.Token);

        FluentActions.Invoking(Download).Should().Throw<IOException>().WithMessage("*can't be downloaded: the time of 100 seconds has passed. Install Debian's package *");
        canceled.Cancel();
        FluentActions.Invoking(Download).Should().Throw<OperationCanceledException>();
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_named_with_what_to_do()
    {
        File.WriteAllText(folder.File("file"), "");
        using var client = new HttpClient(new Server(_ => throw new HttpRequestException("not reached")));
        var download = () => FashionMnist.Download.Into(Path.Combine(folder.File("file"), "below"), client, default);

        download.Should().Throw<IOException>().WithMessage("Fashion-MNIST is neither in * and the last one can't be made to download into: *. Install Debian's package *");
    }

    [Fact]
    public void The_digits_are_downloaded_likewise()
    {
        using var client = new HttpClient(new Server(_ => throw new HttpRequestException("no route to host")));
        var download = () => Mnist.Download.Into(folder.FullName, client, default);

        download.Should().Throw<IOException>().WithMessage(
            $"MNIST is not in '{folder.FullName}', and https://*t10k-images-idx3-ubyte.gz can't be downloaded: no route to host. Put the four IDX files into a folder, *");
        Mnist.Download.Files.Select(file => file.Name).Should().BeEquivalentTo(FashionMnist.Download.Files.Select(file => file.Name));
    }

    [Fact]
    public void A_missing_page_is_an_error_too()
    {
        using var client = new HttpClient(new Server(_ => new HttpResponseMessage(HttpStatusCode.NotFound)));
        var download = () => FashionMnist.Download.Into(folder.FullName, client, default);

        download.Should().Throw<IOException>().WithMessage("*404*");
        Directory.GetFiles(folder.FullName).Should().BeEmpty();
    }

    [Fact]
    public void Files_that_are_in_the_cache_are_not_downloaded_again()
    {
        foreach (var name in new[] { "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz", "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz" })
            File.WriteAllBytes(folder.File(name), []);
        using var client = new HttpClient(new Server(_ => throw new InvalidOperationException("asked the network")));

        FashionMnist.Download.IsComplete(folder.FullName).Should().BeTrue();
        FashionMnist.Download.Into(folder.FullName, client, default);
    }

    public void Dispose() => folder.Dispose();

    private static HttpClient Serving(byte[] content) => new(new Server(_ => new HttpResponseMessage { Content = new ByteArrayContent(content) }));

    private static byte[] Gzip(byte[] content)
    {
        using var memory = new MemoryStream();
        using (var packed = new GZipStream(memory, CompressionLevel.Fastest))
            packed.Write(content);
        return memory.ToArray();
    }

    private sealed class Server(Func<HttpRequestMessage, HttpResponseMessage> answer) : HttpMessageHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) => answer(request);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(answer(request));
    }
}
