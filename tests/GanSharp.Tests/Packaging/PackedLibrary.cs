using Xunit;

namespace GanSharp.Tests.Packaging;

/// <summary>Tests of the packages, which are packed once for all of them.</summary>
[CollectionDefinition]
public sealed class PackageTestGroup : ICollectionFixture<PackedLibrary>;

/// <summary>All packages, packed once from the build under test into a feed of their own, and projects that know nothing of this repository.</summary>
public sealed class PackedLibrary : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public PackedLibrary()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        System.IO.File.WriteAllText(folder.File("pack.proj"), $"""
            <Project>
              <ItemGroup>
                {string.Join(Environment.NewLine, Projects.Select(path => $"""<Package Include="{path}" />"""))}
              </ItemGroup>
              <Target Name="Pack">
                <MSBuild Projects="@(Package)" Targets="Pack" BuildInParallel="true"
                         Properties="NoBuild=true;Configuration={configuration};PackageOutputPath={folder.FullName};MinVerVersionOverride={Version};Version={Version}" />
              </Target>
            </Project>
            """);
        var (packed, output) = DotnetCommand.Run(folder.FullName, "msbuild", "pack.proj", "-t:Pack", "-v:m");
        Assert.True(packed == 0, output);
    }

    /// <summary>Names of all packages.</summary>
    public static IEnumerable<string> Names => Projects.Select(path => Path.GetFileNameWithoutExtension(path));

    /// <summary>The version they were packed with, which no other feed has.</summary>
    public string Version { get; } = $"0.0.0-test{DateTime.UtcNow:yyyyMMddHHmmssfff}";

    /// <summary>The folder that is the feed.</summary>
    public string Feed => folder.FullName;

    /// <summary>A package's file.</summary>
    public string File(string package, string extension = "nupkg") => folder.File($"{package}.{Version}.{extension}");

    /// <summary>An empty folder that only has this feed beside the user's.</summary>
    public string Folder(string name)
    {
        WriteFeed(name);
        return folder.File(name);
    }

    /// <summary>Writes a program that is one file, in a folder that only has this feed beside the user's; its packages of any version become the packed ones.</summary>
    /// <returns>The folder.</returns>
    public string SingleFile(string name, string program)
    {
        WriteFeed(name);
        System.IO.File.WriteAllText(folder.File(name, $"{name}.cs"), program.Replace("@*", $"@{Version}", StringComparison.Ordinal));
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
                <PackageReference Include="GanSharp" Version="{Version}" />
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
        foreach (var package in Names)
        {
            var unpacked = Path.Combine(NuGetCache, package.ToLowerInvariant(), Version);
            if (Directory.Exists(unpacked))
                Directory.Delete(unpacked, recursive: true);
        }
    }

    /// <summary>Where restored packages lie.</summary>
    public static string NuGetCache { get; } = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
        ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");

    private static IEnumerable<string> Projects => Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.csproj", SearchOption.AllDirectories)
        .Where(path => !path.Contains("content", StringComparison.Ordinal) && System.IO.File.ReadAllText(path).Contains("<IsPackable>true", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    private void WriteFeed(string name) => System.IO.File.WriteAllText(folder.File(name, "nuget.config"), $"""
        <configuration>
          <packageSources><add key="test" value="{folder.FullName}" /></packageSources>
        </configuration>
        """);
}
