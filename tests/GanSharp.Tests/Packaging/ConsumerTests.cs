using System.IO.Compression;
using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Packaging;

/// <summary>GanSharp as its users get it: a package from a feed, in a project that knows nothing of this repository.</summary>
public sealed class ConsumerTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string version = $"0.0.0-test{DateTime.UtcNow:yyyyMMddHHmmssfff}";

    [Fact]
    public void A_project_outside_trains_with_the_packed_library_without_any_step_by_hand()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var (packed, packOutput) = DotnetCommand.Run(Repository.Root, "pack", "src/GanSharp", "--no-build", "--configuration", configuration, "--output", folder.FullName, $"-p:Version={version}");
        packed.Should().Be(0, packOutput);
        using (var package = ZipFile.OpenRead(folder.File($"GanSharp.{version}.nupkg")))
            package.Entries.Select(entry => entry.FullName).Should().Contain([
                "lib/net10.0/GanSharp.dll", "lib/net10.0/GanSharp.xml", "README.md",
                "buildTransitive/GanSharp.targets", "buildTransitive/RelaxLibstdcxxVersion.cs"]);

        File.WriteAllText(folder.File("app", "nuget.config"), $"""
            <configuration>
              <packageSources><add key="test" value="{folder.FullName}" /></packageSources>
            </configuration>
            """);
        File.WriteAllText(folder.File("app", "app.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
                <CreateSymbolicLinksForCopyLocalIfPossible>true</CreateSymbolicLinksForCopyLocalIfPossible>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="GanSharp" Version="{version}" />
                <PackageReference Include="TorchSharp-cpu" Version="0.107.0" />
              </ItemGroup>
            </Project>
            """);
        File.WriteAllText(folder.File("app", "Program.cs"), """
            using GanSharp.Data;
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

                public override Tensor forward(Tensor samples, Tensor? labels) => body.call(samples).squeeze(1);
            }
            """);

        var (exitCode, output) = DotnetCommand.Run(folder.File("app"), "run");

        exitCode.Should().Be(0, output);
        output.Should().Contain("step      4  loss D").And.NotContain("warning");
    }

    public void Dispose()
    {
        folder.Dispose();
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var unpacked = Path.Combine(packages, "gansharp", version);
        if (Directory.Exists(unpacked))
            Directory.Delete(unpacked, recursive: true);
    }
}
