using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Diagnostics.Auditing;
using GanSharp.Diagnostics.Certificates;
using GanSharp.Networks;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Diagnostics;

public sealed class DivergenceCertificateTests
{
    private static readonly AuditOptions Options = new() { MaximumSteps = 200, LearningRate = 5e-3, HeldOutSamples = 2_000, Seed = 4 };

    [Fact]
    public void A_saved_certificate_is_the_same_when_loaded_and_verifies()
    {
        using var folder = new TemporaryFolder();
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(1, 1);
        var path = folder.File("certificate.json");
        var issued = DivergenceCertificate.Issue(generator, data, MakeAuditor, Options);

        issued.Save(path);
        issued.Save(path);
        var loaded = DivergenceCertificate.Load(path);

        loaded.Should().Be(issued);
        loaded.Verify(generator, data, MakeAuditor).Should().BeEmpty();
        Directory.GetFiles(folder.FullName).Should().Equal(path);
        File.ReadAllText(path).Should().StartWith("{\n  \"formatVersion\": 1,\n  \"dataName\": ");
        issued.LowerConfidenceBound.Should().BeLessThan(issued.BoundLower);
        issued.Bound.Should().BeApproximately(0.1114214822, 0.02);
        issued.LogEValue.Should().BeApproximately(2 * 1_000 * issued.Bound, 1e-6);
        issued.ToString().Should().MatchRegex(@"^AffineGenerator on N\(0, 1²\): JS >= 0\.\d{4} nats, at least 0\.\d{4} with 97.5% confidence$");
    }

    [Fact]
    public void A_changed_weight_a_changed_value_and_an_edited_number_are_named()
    {
        manual_seed(1);
        using var scope = NewDisposeScope();
        var (training, heldOut) = (randn(300, 1), randn(300, 1));
        using var data = new InMemoryDataset(training.clone(), heldOut: new InMemoryDataset(heldOut.clone()));
        using var generator = new AffineGenerator(1, 1);
        var certificate = DivergenceCertificate.Issue(generator, data, MakeAuditor, Options);
        IEnumerable<string> Fields(DivergenceCertificate recorded, Dataset on) => recorded.Verify(generator, on, MakeAuditor).Select(difference => difference.Field);

        Fields(certificate, data).Should().BeEmpty();
        Fields(certificate with { Bound = certificate.BoundLower }, data).Should().Equal("bound");
        (certificate with { Threads = certificate.Threads, StepsTaken = 199 }).Verify(generator, data, MakeAuditor)[0].ToString()
            .Should().Be($"stepsTaken is recorded as 199 but is {certificate.StepsTaken}");
        Fields(certificate with { LibtorchVersion = "0.0" }, data).Should().Equal("libtorchVersion");
        Fields(certificate with { Seed = 5 }, data).Should().Contain("bound").And.NotContain("generatorSha256");
        (certificate with { Bound = certificate.Bound + 1e-9 }).Verify(generator, data, MakeAuditor, tolerance: 1e-8).Should().BeEmpty();
        certificate.Verify(generator, data, () => new MlpDiscriminator(1, 9, hiddenLayers: 2)).Select(difference => difference.Field).Should().Contain("auditorSha256");

        heldOut[299, 0] = 2.5f;
        using var edited = new InMemoryDataset(training.clone(), heldOut: new InMemoryDataset(heldOut));
        Fields(certificate, edited).Should().StartWith("dataSha256");

        using (no_grad())
            generator.parameters().First().add_(1e-6f);
        Fields(certificate, data).Should().StartWith("generatorSha256");
    }

    [Theory]
    [InlineData("\"bound\": ", "\"bound\": \"much\", \"x\": ", "*bound*")]
    [InlineData("\"bound\": ", "\"bounds\": ", "*bounds*")]
    [InlineData("\"seed\": ", "\"seed\": 1, \"seed\": ", "*seed*")]
    [InlineData("\"formatVersion\": 1", "\"formatVersion\": 2", "*has formatVersion 2 but this GanSharp reads 1.")]
    [InlineData("\"formatVersion\": 1,", "", "*must have a number formatVersion but has none.")]
    [InlineData("\"batchSize\": 256", "\"batchSize\": -3", "*- batchSize must be at least 2 but is -3.")]
    [InlineData("\"threads\": ", "\"threads\": 99999", "*- threads must lie between 1 and 1024 but is 99999*")]
    [InlineData("\"learningRate\": 0.005", "\"learningRate\": 1e999", "*- learningRate must be finite and above 0 but is Infinity.")]
    [InlineData("\"dataSha256\": \"", "\"dataSha256\": \"XY", "*- dataSha256 must have 64 lower-case hexadecimal digits but is 'XY*")]
    [InlineData("\"boundLower\": ", "\"boundLower\": 1", "*- bound must lie between boundLower *")]
    [InlineData("\"auditorClass\": \"MlpDiscriminator\"", "\"auditorClass\": null", "*auditorClass*")]
    [InlineData("}", "", "*is no certificate: *")]
    [InlineData("\"formatVersion\": 1,", "\"\\ud800formatVersion\": 1,", "*is no certificate: *")]
    public void A_file_that_is_no_certificate_is_refused_by_the_name_of_the_field(string text, string replacement, string message)
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("certificate.json");
        Sample.Save(path);
        var edited = File.ReadAllText(path).Replace(text, replacement, StringComparison.Ordinal);
        File.WriteAllText(path, edited);

        var load = () => DivergenceCertificate.Load(path);

        load.Should().Throw<InvalidCertificateException>().WithMessage(message).And.Message.Should().Contain(path);
    }

    [Fact]
    public void A_file_that_is_missing_or_too_large_or_no_object_is_named()
    {
        using var folder = new TemporaryFolder();
        var path = folder.File("certificate.json");
        new Action(() => DivergenceCertificate.Load(path)).Should().Throw<FileNotFoundException>();

        File.WriteAllBytes(path, new byte[(1 << 20) + 1]);
        new Action(() => DivergenceCertificate.Load(path)).Should().Throw<InvalidCertificateException>().WithMessage("*must have at most 1,048,576 bytes to be a certificate but has 1,048,577.");

        File.WriteAllText(path, "[]");
        new Action(() => DivergenceCertificate.Load(path)).Should().Throw<InvalidCertificateException>().WithMessage("*must hold a JSON object but holds Array.");
    }

    private static DivergenceCertificate Sample { get; } = Issue();

    private static DivergenceCertificate Issue()
    {
        using var data = Mixtures.Normal();
        using var generator = new AffineGenerator(1, 1);
        return DivergenceCertificate.Issue(generator, data, MakeAuditor, Options with { MaximumSteps = 1 });
    }

    private static MlpDiscriminator MakeAuditor() => new(1, 8, hiddenLayers: 2);
}
