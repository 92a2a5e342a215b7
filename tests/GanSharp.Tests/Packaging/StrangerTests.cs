using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Packaging;

/// <summary>The whole way of somebody who has never seen this repository: a new project, the packages, networks and an objective of their own, training, and a program to ship.</summary>
[Collection(typeof(PackageTestGroup))]
public sealed class StrangerTests(PackedLibrary library)
{
    private const string Program = """
        using GanSharp.Data.Distributions;
        using GanSharp.Networks;
        using GanSharp.Networks.Weights;
        using GanSharp.Objectives;
        using GanSharp.Runtime;
        using GanSharp.Training;
        using TorchSharp;
        using static TorchSharp.torch;

        var folder = Directory.CreateTempSubdirectory().FullName;
        using var data = Mixtures.Ring();
        using var generator = new MyGenerator();
        using var discriminator = new MyDiscriminator();
        using (var trainer = new GanTrainer(generator, discriminator, data, new() { Objective = new MyObjective(), BatchSize = 16 }))
            foreach (var report in trainer.Train(4).Every(2).WithCheckpoints(folder))
                Console.WriteLine(report);
        var file = Path.Combine(folder, "generator.safetensors");
        generator.SaveWeights(file);
        using var loaded = new MyGenerator();
        loaded.LoadWeights(file);
        Directory.Delete(folder, recursive: true);
        using var latents = randn(3, 2);
        Console.WriteLine($"loaded the same: {loaded.Sample(latents).allclose(generator.Sample(latents))}, arguments kept alive: {ArgumentLifetime.IsSafe}");

        sealed class MyGenerator : GeneratorNetwork
        {
            private readonly nn.Module<Tensor, Tensor> body = nn.Sequential(nn.Linear(2, 8), nn.ReLU(), nn.Linear(8, 2));

            public MyGenerator() : base(nameof(MyGenerator), LatentPrior.Normal(2)) => RegisterComponents();

            public override Tensor forward(Tensor latents, Tensor? labels) => body.call(latents);
        }

        sealed class MyDiscriminator : DiscriminatorNetwork
        {
            private readonly nn.Module<Tensor, Tensor> body = nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1));

            public MyDiscriminator() : base(nameof(MyDiscriminator)) => RegisterComponents();

            public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => body.call(samples).squeeze(1);
        }

        sealed class MyObjective : LogitObjective
        {
            public override Tensor DiscriminatorLoss(Tensor real, Tensor fake) => (real - 1).square() + fake.square();

            public override Tensor GeneratorLoss(Tensor fake, Tensor? real) => (fake - 1).square();
        }
        """;

    /// <summary>One project, published in each way: its folder is made by the first, and a later one costs only the publishing.</summary>
    [Theory]
    [InlineData("one-system", "--self-contained", "false")]
    [InlineData("self-contained", "--self-contained")]
    [InlineData("single-file", "--self-contained", "-p:PublishSingleFile=true")]
    [InlineData("trimmed", "--self-contained", "-p:PublishTrimmed=true", "-p:SuppressTrimAnalysisWarnings=true")]
    public void A_new_project_trains_saves_and_loads_however_it_is_published_and_carries_one_system(string name, params string[] options)
    {
        var project = NewProject();

        // Hard links instead of half a gigabyte of copies for each; "always", so that the copy of the native library is made on every Linux.
        var (exitCode, output) = DotnetCommand.Run(project, ["publish", "--use-current-runtime", "--output", name, .. options,
            "-p:CreateHardLinksForPublishFilesIfPossible=true", "-p:GanSharpRelaxLibstdcxx=always"]);

        exitCode.Should().Be(0, output);
        output.Should().NotContain("warning");
        var published = Path.Combine(project, name);
        var (ran, said) = DotnetCommand.RunProgram(project, Path.Combine(published, OperatingSystem.IsWindows() ? "stranger.exe" : "stranger"));
        ran.Should().Be(0, said);
        said.Should().Contain("step      4  loss D").And.Contain("loaded the same: True, arguments kept alive: True");
        Directory.Exists(Path.Combine(published, "runtimes")).Should().BeFalse("that is where the libraries of other systems would be");
        Directory.GetFiles(published, "*SkiaSharp.pdb").Should().BeEmpty();
        if (OperatingSystem.IsLinux())
            File.ReadAllBytes(Path.Combine(published, "libLibTorchSharp.so")).Should().NotEqual(File.ReadAllBytes(Cached("runtimes", "linux-x64", "native", "libLibTorchSharp.so")));
    }

    [Fact]
    public void Publishing_for_every_system_is_said_unless_it_is_meant()
    {
        var project = NewProject();

        DotnetCommand.Run(project, "msbuild", "-restore", "-t:ComputeResolvedFilesToPublishList").Output.Should().Contain("warning GANSHARP001").And.Contain("linux-x64, ").And.Contain("Publish for one system with -r ");
        DotnetCommand.Run(project, "msbuild", "-t:ComputeResolvedFilesToPublishList", "-p:GanSharpPortablePublish=true").Output.Should().NotContain("GANSHARP001");
        DotnetCommand.Run(project, "msbuild", "-restore", "-t:ComputeResolvedFilesToPublishList", "-p:RuntimeIdentifier=linux-x64").Output.Should().NotContain("GANSHARP001");
    }

    private static string Cached(params string[] parts) => Path.Combine([PackedLibrary.NuGetCache, "torchsharp", "0.107.0", .. parts]);

    private string NewProject()
    {
        var folder = library.Folder("strangers");
        var project = Path.Combine(folder, "stranger");
        if (Directory.Exists(project))
            return project;
        foreach (var arguments in new[] { new[] { "new", "console", "--output", "stranger", "--no-restore" }, ["add", "stranger", "package", "GanSharp", "--version", library.Version, "--no-restore"], ["add", "stranger", "package", "TorchSharp-cpu", "--version", "0.107.0", "--no-restore"] })
        {
            var (exitCode, output) = DotnetCommand.Run(folder, arguments);
            exitCode.Should().Be(0, output);
        }
        File.WriteAllText(Path.Combine(project, "Program.cs"), Program);
        return project;
    }
}
