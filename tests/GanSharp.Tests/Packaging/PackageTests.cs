using System.IO.Compression;
using System.Reflection.Metadata;
using System.Xml.Linq;
using FluentAssertions;
using Xunit;

namespace GanSharp.Tests.Packaging;

/// <summary>What every package says of itself, and what it holds.</summary>
[Collection(typeof(PackageTestGroup))]
public sealed class PackageTests(PackedLibrary library)
{
    /// <summary>The kinds of the portable PDB format that hold a document's text, and the addresses of documents.</summary>
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE"), SourceLink = new("CC110556-A091-4D38-9FEC-25AB9A351A6A");

    public static TheoryData<string> Names => [.. PackedLibrary.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_package_has_a_readme_an_icon_a_license_tags_and_its_repository(string name)
    {
        using var package = ZipFile.OpenRead(library.File(name));
        var metadata = Metadata(package, name);
        string? Value(string element) => metadata.Element(metadata.Name.Namespace + element)?.Value;

        (Value("readme"), Value("icon"), Value("license")).Should().Be(("README.md", "icon.png", "MIT"));
        package.Entries.Select(entry => entry.FullName).Should().Contain(["README.md", "icon.png"]);
        Value("tags").Should().Contain("gan").And.Contain("torchsharp");
        Value("description").Should().NotBe("Package Description").And.MatchRegex(@"^.{20,}\.$");
        metadata.Element(metadata.Name.Namespace + "repository")!.Attribute("url")!.Value.Should().EndWith("/GanSharp");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_library_has_its_documentation_and_symbols_and_none_of_anothers_binaries(string name)
    {
        using var package = ZipFile.OpenRead(library.File(name));
        var files = package.Entries.Select(entry => entry.FullName).ToArray();
        Assert.SkipWhen(files.Any(file => file.StartsWith("tools/", StringComparison.Ordinal)) || name.EndsWith("Templates", StringComparison.Ordinal), "No library.");

        files.Where(file => Path.GetExtension(file) is ".dll" or ".so" or ".dylib").Should().Equal($"lib/net10.0/{name}.dll");
        files.Should().Contain($"lib/net10.0/{name}.xml");
        using var symbols = ZipFile.OpenRead(library.File(name, "snupkg"));
        symbols.Entries.Should().Contain(entry => entry.FullName == $"lib/net10.0/{name}.pdb");
        package.Entries.Sum(entry => entry.CompressedLength).Should().BeLessThan(5_000_000);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_debugger_finds_every_source_in_the_symbols_and_its_address_where_git_knows_the_host(string name)
    {
        Assert.SkipUnless(File.Exists(library.File(name, "snupkg")), "No assembly.");
        using var package = ZipFile.OpenRead(library.File(name, "snupkg"));
        using var symbols = new MemoryStream();
        using (var entry = package.Entries.Single(entry => entry.Name == $"{name}.pdb").Open())
            entry.CopyTo(symbols);
        symbols.Position = 0;
        using var provider = MetadataReaderProvider.FromPortablePdbStream(symbols);
        var reader = provider.GetMetadataReader();

        reader.Documents.Should().NotBeEmpty();
        foreach (var document in reader.Documents)
        {
            var path = reader.GetString(reader.GetDocument(document).Name);
            var source = Embedded(reader, document);
            source.Should().NotBeNull(path);
            if (File.Exists(path) && !path.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
                source.Should().Equal(File.ReadAllBytes(path));
        }
        var config = Path.Combine(Repository.Root, ".git", "config");
        if (File.Exists(config) && File.ReadAllText(config).Contains("github.com", StringComparison.Ordinal))
            Information(reader, EntityHandle.ModuleDefinition, SourceLink).Should().ContainSingle().Which.Should().NotBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void An_assembly_logs_from_one_class_because_the_generator_writes_several_in_an_order_that_changes(string name) =>
        Directory.GetFiles(Path.Combine(Repository.Root, "src", name), "*.cs", SearchOption.AllDirectories).Count(path => File.ReadAllText(path).Contains("[LoggerMessage(", StringComparison.Ordinal)).Should().BeLessThan(2);

    [Fact]
    public void Packages_of_one_version_ask_for_each_other_in_that_version()
    {
        using var package = ZipFile.OpenRead(library.File("GanSharp.Reporting"));
        var metadata = Metadata(package, "GanSharp.Reporting");

        metadata.Descendants(metadata.Name.Namespace + "dependency").Single(dependency => dependency.Attribute("id")!.Value == "GanSharp").Attribute("version")!.Value.Should().Be(library.Version);
    }

    [Fact]
    public void The_tool_installs_from_its_package_alone_and_carries_neither_libtorch_nor_debug_symbols_of_others()
    {
        using var package = ZipFile.OpenRead(library.File("GanSharp.Tool"));
        package.Entries.Should().NotContain(entry => entry.Name.Contains("TorchSharp.so") || entry.Name.Contains("TorchSharp.dylib") || entry.Name.StartsWith("libSkiaSharp.pdb"))
            .And.Contain(entry => entry.FullName.EndsWith("linux-x64/native/libSkiaSharp.so"));
        package.Entries.Sum(entry => entry.CompressedLength).Should().BeLessThan(60_000_000);
        var place = Path.Combine(library.Folder("tool"), "installed");

        var (installed, installation) = DotnetCommand.Run(library.Folder("tool"), "tool", "install", "GanSharp.Tool", "--version", library.Version, "--tool-path", place);

        installed.Should().Be(0, installation);
        var (helped, help) = DotnetCommand.RunProgram(place, Path.Combine(place, OperatingSystem.IsWindows() ? "gansharp.exe" : "gansharp"), "--help");
        helped.Should().Be(0, help);
        help.Should().Contain("compare").And.Contain("page");
    }

    private static IEnumerable<byte[]> Information(MetadataReader reader, EntityHandle owner, Guid kind) => reader.GetCustomDebugInformation(owner)
        .Select(reader.GetCustomDebugInformation).Where(information => reader.GetGuid(information.Kind) == kind).Select(information => reader.GetBlobBytes(information.Value));

    /// <summary>A document's text: after its length, which is 0 where it isn't compressed.</summary>
    private static byte[]? Embedded(MetadataReader reader, DocumentHandle document)
    {
        if (Information(reader, document, EmbeddedSource).SingleOrDefault() is not { } blob)
            return null;
        if (BitConverter.ToInt32(blob) == 0)
            return blob[sizeof(int)..];
        using var inflated = new MemoryStream();
        using (var deflated = new DeflateStream(new MemoryStream(blob, sizeof(int), blob.Length - sizeof(int)), CompressionMode.Decompress))
            deflated.CopyTo(inflated);
        return inflated.ToArray();
    }

    private static XElement Metadata(ZipArchive package, string name)
    {
        using var stream = package.GetEntry($"{name}.nuspec")!.Open();
        return XDocument.Load(stream).Root!.Elements().Single();
    }
}
