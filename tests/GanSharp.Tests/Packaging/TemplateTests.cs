using FluentAssertions;
using SkiaSharp;
using Xunit;

namespace GanSharp.Tests.Packaging;

/// <summary><c>dotnet new gansharp</c>, as its user gets it.</summary>
[Collection(typeof(PackageTestGroup))]
public sealed class TemplateTests(PackedLibrary library)
{
    [Fact]
    public void The_template_makes_a_project_that_trains_on_a_folder_of_images_and_goes_on_where_it_was_stopped()
    {
        var folder = library.Folder("templates");
        // A hive of its own: the user's templates stay as they are.
        string[] hive = ["--debug:custom-hive", Path.Combine(folder, "hive")];
        Succeed(DotnetCommand.Run(folder, ["new", "install", library.File("GanSharp.Templates"), .. hive]));
        Succeed(DotnetCommand.Run(folder, ["new", "gansharp", "--output", "my-photos", "--images", "photos", "--size", "16", "--skipRestore", .. hive]));
        var project = Path.Combine(folder, "my-photos");
        SavePhotos(Path.Combine(project, "photos"));
        Succeed(DotnetCommand.Run(project, "build", "--nologo")).Should().Contain("0 Warning(s)");
        string Train(params string[] options) => Succeed(DotnetCommand.Run(project, ["run", "--no-build", "--", "--steps", "4", "--batch-size", "4", .. options]));

        Train().Should().Contain("18 images to train on and 2 held out, 16 x 16 pixels.").And.Contain("Trained 4 steps.");

        File.ReadAllText(Path.Combine(project, "output", "report.html")).Should().Contain("A GAN of photos");
        File.Exists(Path.Combine(project, "output", "generator.safetensors")).Should().BeTrue();
        Train().Should().Contain("Resumed").And.Contain("Trained 4 steps.");
        Train("--images", "", "--output", "ring", "--checkpoints", "ring-checkpoints").Should().Contain("Trained 4 steps.").And.NotContain("images to train on");
        var (exitCode, output) = DotnetCommand.Run(project, "run", "--no-build", "--", "--imgaes", "photos");
        (exitCode, output.Trim()).Should().Be((1, "Error: There is no option --imgaes."));
    }

    private static void SavePhotos(string folder)
    {
        const int Count = 20, Width = 24, Height = 20;
        var random = new Random(1);
        Directory.CreateDirectory(folder);
        for (var index = 0; index < Count; index++)
        {
            using var photo = new SKBitmap(Width, Height) { Pixels = [.. Enumerable.Range(0, Width * Height).Select(_ => new SKColor((uint)random.Next()).WithAlpha(byte.MaxValue))] };
            using var file = File.Create(Path.Combine(folder, $"{index}.png"));
            photo.Encode(file, SKEncodedImageFormat.Png, quality: 100);
        }
    }

    private static string Succeed((int ExitCode, string Output) result)
    {
        result.ExitCode.Should().Be(0, result.Output);
        return result.Output;
    }
}
