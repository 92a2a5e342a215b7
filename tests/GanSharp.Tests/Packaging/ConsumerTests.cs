using System.IO.Compression;
using System.Text.RegularExpressions;
using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Packaging;

/// <summary>GanSharp as its users get it: a package from a feed, in a project that knows nothing of this repository.</summary>
[Collection(typeof(PackageTestGroup))]
public sealed class ConsumerTests(PackedLibrary library)
{
    [Fact]
    public void The_package_holds_the_library_and_its_build_steps()
    {
        using var package = ZipFile.OpenRead(library.File("GanSharp"));

        package.Entries.Select(entry => entry.FullName).Should().Contain([
            "lib/net10.0/GanSharp.dll", "lib/net10.0/GanSharp.xml", "README.md",
            "buildTransitive/GanSharp.targets", "buildTransitive/RelaxLibstdcxxVersion.cs", "buildTransitive/KeepTorchSharpArgumentsAlive.cs"]);
    }

    [Fact]
    public void A_project_outside_trains_with_a_network_of_its_own_without_any_step_by_hand()
    {
        var project = library.Project("own", """
            using GanSharp.Data.Distributions;
            using GanSharp.Networks;
            using GanSharp.Training;
            using static TorchSharp.torch;

            using var data = Mixtures.Ring();
            using var generator = new MlpGenerator(2, 16, 2);
            using var discriminator = new MyDiscriminator();
            using var trainer = new GanTrainer(generator, discriminator, data);
            foreach (var report in trainer.Train(4).Every(2))
                Console.WriteLine(report);

            sealed class MyDiscriminator : DiscriminatorNetwork
            {
                private readonly nn.Module<Tensor, Tensor> body = nn.Sequential(nn.Linear(2, 8), nn.LeakyReLU(0.2), nn.Linear(8, 1));

                public MyDiscriminator() : base(nameof(MyDiscriminator)) => RegisterComponents();

                public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => body.call(samples).squeeze(1);
            }
            """);

        var (exitCode, output) = DotnetCommand.Run(project, "run");

        exitCode.Should().Be(0, output);
        output.Should().Contain("step      4  loss D").And.NotContain("warning");
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/package.md")]
    [InlineData("docs/quickstart.md")]
    public void The_first_program_of_a_document_compiles_and_runs_where_it_is_pasted(string document)
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, document)).ReplaceLineEndings("\n");
        var program = Regex.Match(text, "```csharp\n(.*?)```", RegexOptions.Singleline).Groups[1].Value;
        // Thousands of steps are for the reader; a few show that it runs.
        var shortened = Regex.Replace(program, @"steps: (\d)_000", "steps: $1");
        shortened.Should().NotBe(program);

        var (exitCode, output) = DotnetCommand.Run(library.Project(Path.GetFileNameWithoutExtension(document), shortened), "run");

        exitCode.Should().Be(0, output);
        output.Should().Contain("loss D").And.NotContain("warning");
    }
}
