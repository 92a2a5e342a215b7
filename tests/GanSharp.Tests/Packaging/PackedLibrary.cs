using Xunit;

namespace GanSharp.Tests.Packaging;

/// <summary>The package GanSharp, packed once from the build under test into a feed of its own, and projects that know nothing of this repository.</summary>
public sealed class PackedLibrary : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly string version = $"0.0.0-test{DateTime.UtcNow:yyyyMMddHHmmssfff}";

    public PackedLibrary()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var (packed, output) = DotnetCommand.Run(Repository.Root, "pack", "src/GanSharp", "--no-build", "--configuration", configuration, "--output", folder.FullName, $"-p:Version={version}");
        Assert.True(packed == 0, output);
    }

    /// <summary>The package's file.</summary>
    public string File => folder.File($"GanSharp.{version}.nupkg");

    /// <summary>Writes a console project that references the package.</summary>
    /// <param name="name">The name of its folder.</param>
    /// <param name="program">Program.cs.</param>
    /// <param name="backend">Whether it references libtorch, without which nothing can be computed but publishing takes a second.</param>
    /// <returns>Its folder.</returns>
    public string Project(string name, string program, bool backend = true)
    {
        System.IO.File.WriteAllText(folder.File(name, "nuget.config"), $"""
            <configuration>
              <packageSources><add key="test" value="{folder.FullName}" /></packageSources>
            </configuration>
            """);
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
        var unpacked = Path.Combine(NuGetCache, "gansharp", version);
        if (Directory.Exists(unpacked))
            Directory.Delete(unpacked, recursive: true);
    }

    /// <summary>Where restored packages lie.</summary>
    public static string NuGetCache { get; } = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
}
