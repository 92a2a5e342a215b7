using Xunit;

namespace GanSharp.Tests.Packaging;

/// <summary>Tests of the packages, which are packed once for all of them.</summary>
[CollectionDefinition]
public sealed class PackageTestGroup : ICollectionFixture<PackedLibrary>;

/// <summary>The packages GanSharp, GanSharp.Reporting and GanSharp.LivePage, packed once from the build under test into a feed of their own, and projects that know nothing of this repository.</summary>
public sealed class PackedLibrary : IDisposable
{
    private static readonly string[] Packages = ["GanSharp", "GanSharp.Reporting", "GanSharp.LivePage"];
    private readonly TemporaryFolder folder = new();
    private readonly string version = $"0.0.0-test{DateTime.UtcNow:yyyyMMddHHmmssfff}";

    public PackedLibrary()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        foreach (var package in Packages)
        {
            var (packed, output) = DotnetCommand.Run(Repository.Root, "pack", $"src/{package}", "--no-build", "--configuration", configuration, "--output", folder.FullName, $"-p:Version={version}");
            Assert.True(packed == 0, output);
        }
    }

    /// <summary>The package's file.</summary>
    public string File => folder.File($"GanSharp.{version}.nupkg");

    /// <summary>Writes a program that is one file, in a folder that only has this feed beside the user's; its packages of any version become the packed ones.</summary>
    /// <returns>The folder.</returns>
    public string SingleFile(string name, string program)
    {
        WriteFeed(name);
        System.IO.File.WriteAllText(folder.File(name, $"{name}.cs"), program.Replace("@*", $"@{version}", StringComparison.Ordinal));
        return folder.File(name);
    }

    /// <summary>Writes a console project that references the package.</summary>
    /// <param name="name">The name of its folder.</param>
    /// <param name="program">Program.cs.</param>
    /// <param name="backend">Whether it references libtorch, without which nothing can be computed but publishing takes a second.</param>
    /// <returns>Its folder.</returns>
    public string Project(string name, string program, bool backend = true)
    {
        WriteFeed(name);
        System.IO.File.WriteAllText(folder.File(name, $"{name}.csproj"), $"""
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
                {(backend ? """<PackageReference Include="TorchSharp-cpu" Version="0.107.0" />""" : "")}
              </ItemGroup>
            </Project>
            """);
        System.IO.File.WriteAllText(folder.File(name, "Program.cs"), program);
        return folder.File(name);
    }

    public void Dispose()
    {
        folder.Dispose();
        foreach (var package in Packages)
        {
            var unpacked = Path.Combine(NuGetCache, package.ToLowerInvariant(), version);
            if (Directory.Exists(unpacked))
                Directory.Delete(unpacked, recursive: true);
        }
    }

    /// <summary>Where restored packages lie.</summary>
    public static string NuGetCache { get; } = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private void WriteFeed(string name) => System.IO.File.WriteAllText(folder.File(name, "nuget.config"), $"""
        <configuration>
          <packageSources><add key="test" value="{folder.FullName}" /></packageSources>
        </configuration>
        """);
}
