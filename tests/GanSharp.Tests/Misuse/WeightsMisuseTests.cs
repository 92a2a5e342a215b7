using System.IO.Compression;
using FluentAssertions;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Safetensors;
using Xunit;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Misuse;

/// <summary>Weights of networks that are gone, and files of other formats.</summary>
public sealed class WeightsMisuseTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Saving_a_disposed_network_leaves_a_good_file_as_it_is()
    {
        var network = new MlpGenerator(2, 8, 2);
        network.SaveWeights(Path);
        var before = File.ReadAllBytes(Path);
        network.Dispose();

        FluentActions.Invoking(() => network.SaveWeights(Path)).Should().Throw<ObjectDisposedException>().WithMessage("The network MlpGenerator has been disposed, and with it its weights.*");
        FluentActions.Invoking(() => network.LoadWeights(Path)).Should().Throw<ObjectDisposedException>();

        File.ReadAllBytes(Path).Should().Equal(before);
        Directory.GetFiles(folder.FullName).Should().Equal(Path);
    }

    [Fact]
    public void A_network_without_weights_is_not_saved()
    {
        using var network = Sequential(Tanh());

        FluentActions.Invoking(() => network.SaveWeights(Path)).Should().Throw<ArgumentException>().WithMessage("network must have parameters or buffers to save, but Sequential has none. Were its layers registered?*");
        File.Exists(Path).Should().BeFalse();
    }

    [Fact]
    public void A_file_of_torch_save_says_how_to_convert_it()
    {
        var path = folder.File("x.pt");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        using (var entry = zip.CreateEntry("x/data.pkl").Open())
            entry.Write([0x80, 2, (byte)'}', (byte)'.']);

        Loading(path).Should().Throw<InvalidSafetensorsException>().WithMessage(
            $"'{path}' is no safetensors file but a zip archive, as PyTorch's torch.save writes it. Convert it in Python:{Environment.NewLine}import torch; from safetensors.torch import save_file{Environment.NewLine}save_file(torch.load(\"x.pt\", map_location=\"cpu\", weights_only=True), \"x.safetensors\")*");
    }

    [Fact]
    public void So_does_one_of_an_older_torch()
    {
        var path = folder.File("old.pth");
        File.WriteAllBytes(path, [0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, (byte)'.']);

        Loading(path).Should().Throw<InvalidSafetensorsException>().WithMessage($"'{path}' is no safetensors file but a Python pickle, as PyTorch's torch.save writes it.*\"old.safetensors\")*");
    }

    [Theory]
    [InlineData("", "must begin with the header's length in 8 bytes but has 0 bytes.")]
    [InlineData("weights, I promise", "must have a header of at most *")]
    public void Other_files_are_named(string text, string rule)
    {
        File.WriteAllText(Path, text);

        Loading(Path).Should().Throw<InvalidSafetensorsException>().WithMessage($"'{Path}' {rule}");
    }

    [Fact]
    public void Weights_of_another_network_are_listed_and_none_is_loaded()
    {
        using var wide = new MlpGenerator(2, 16, 2);
        using var narrow = new MlpGenerator(2, 8, 2);
        wide.SaveWeights(Path);
        var before = NetworkFingerprint.Compute(narrow);

        FluentActions.Invoking(() => narrow.LoadWeights(Path)).Should().Throw<WeightsMismatchException>().WithMessage($"'{Path}' doesn't fit the network MlpGenerator, and nothing was loaded:*must be Float32 [8, 2] but is Float32 [16, 2]*");
        NetworkFingerprint.Compute(narrow).Should().Be(before);
    }

    public void Dispose() => folder.Dispose();

    private string Path => folder.File("weights.safetensors");

    private static Action Loading(string path) => () =>
    {
        using var network = new MlpGenerator(2, 8, 2);
        network.LoadWeights(path);
    };
}
