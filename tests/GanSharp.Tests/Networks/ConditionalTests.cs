using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Classic;
using GanSharp.Networks.Residual;
using GanSharp.Objectives;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Networks;

public sealed class ConditionalTests
{
    private const int Classes = 3;
    private static readonly ImageShape Image = new(1, 8, 8);

    private static Dictionary<string, (Func<GeneratorNetwork> Generator, Func<DiscriminatorNetwork> Discriminator)> Pairs { get; } = new()
    {
        ["MLP"] = (() => new MlpGenerator(4, 8, Image, classes: Classes), () => new MlpDiscriminator(64, 8, classes: Classes)),
        ["DCGAN"] = (() => new DcganGenerator(Image, 4, 4, classes: Classes), () => new DcganDiscriminator(Image, 4, classes: Classes)),
        ["ResNet"] = (() => new ResnetGenerator(Image, 4, 4, Classes), () => new ResnetDiscriminator(Image, 4, Classes)),
        ["maxout"] = (() => new MlpGenerator(4, 8, Image, classes: Classes), () => new MaxoutDiscriminator(64, 8, 2, classes: Classes)),
    };

    public static TheoryData<string> Names => [.. Pairs.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Labels_are_needed_checked_and_heard(string name)
    {
        manual_seed(0);
        using var scope = NewDisposeScope();
        using var generator = Pairs[name].Generator();
        using var discriminator = Pairs[name].Discriminator();
        // Scales and shifts of conditional batch norm begin alike for all classes.
        using (no_grad())
            foreach (var parameter in generator.parameters())
                parameter.add_(randn_like(parameter) * 0.1);
        var latents = generator.Prior.Sample(5);

        (generator.Classes, discriminator.Classes).Should().Be((Classes, Classes));
        using (var clone = generator.CloneArchitecture()!)
            clone.Classes.Should().Be(Classes);
        var (first, second) = (generator.Sample(latents, label: 0), generator.Sample(latents, label: 2));
        (first - second).flatten(1).abs().max(1).values.min().item<float>().Should().BeGreaterThan(1e-4f);
        var logits = Enumerable.Range(0, Classes).Select(label => discriminator.Logits(first, full([5], label, ScalarType.Int64))).ToArray();
        (logits[0] - logits[1]).abs().min().item<float>().Should().BeGreaterThan(0);
        discriminator.Logits(first, zeros(5, ScalarType.Int64)).equal(logits[0]).all().item<bool>().Should().BeTrue();
        generator.Invoking(network => network.Sample(latents)).Should().Throw<ArgumentException>().WithMessage("labels must be given*3 classes*");
        generator.Invoking(network => network.Sample(latents, label: 3)).Should().Throw<ArgumentException>().WithMessage("labels must lie from 0 to 2*");
        generator.Invoking(network => network.call(latents, null)).Should().Throw<ArgumentNullException>().WithParameterName("labels");
        discriminator.Invoking(network => network.call(first, null)).Should().Throw<ArgumentNullException>().WithParameterName("labels");
    }

    [Theory]
    [InlineData("MlpGenerator", 0.5494517094282052, "body.linear0.weight body.linear0.bias body.linear1.weight body.linear1.bias body.linear2.weight body.linear2.bias body.output.weight body.output.bias")]
    [InlineData("MlpGenerator image", 0.8783275302260387, "body.linear0.weight body.linear0.bias body.linear1.weight body.linear1.bias body.linear2.weight body.linear2.bias body.output.weight body.output.bias")]
    [InlineData("MlpDiscriminator", 0.9919347684262141, "body.linear0.weight body.linear0.bias body.linear1.weight body.linear1.bias body.linear2.weight body.linear2.bias body.output.weight body.output.bias")]
    [InlineData("DcganGenerator", -1.4533953724090976, "project.weight body.norm0.weight body.norm0.bias body.up1.weight body.norm1.weight body.norm1.bias body.output.weight body.output.bias body.norm0.running_mean body.norm0.running_var body.norm0.num_batches_tracked body.norm1.running_mean body.norm1.running_var body.norm1.num_batches_tracked")]
    [InlineData("DcganDiscriminator", 0.1987471895757709, "body.down1.weight body.down1.bias body.down2.weight body.down2.bias head.weight head.bias")]
    public void Without_classes_names_and_initial_weights_are_those_of_the_version_that_had_none(string name, double sum, string names)
    {
        using var scope = NewDisposeScope();
        var image = new ImageShape(3, 12, 8);
        manual_seed(7);
        using nn.Module network = name switch
        {
            "MlpGenerator" => new MlpGenerator(3, 5, 2),
            "MlpGenerator image" => new MlpGenerator(3, 5, image),
            "MlpDiscriminator" => new MlpDiscriminator(2, 5),
            "DcganGenerator" => new DcganGenerator(image, 4, 2),
            _ => new DcganDiscriminator(image, 2),
        };

        var all = cat([.. network.state_dict().Values.Select(value => value.detach().flatten().to(float64))]);

        // Computed with commit 6a14ebe. Not a hash: processors round a normal draw differently.
        (all * (arange(all.numel()).to(float64) * 0.1).sin()).sum().item<double>().Should().BeApproximately(sum, 1e-6);
        string.Join(" ", network.state_dict().Keys).Should().Be(names);
    }

    [Fact]
    public void A_conditional_pair_learns_which_class_is_which()
    {
        manual_seed(0);
        using var scope = NewDisposeScope();
        var labels = arange(600, ScalarType.Int64) % 2;
        var points = randn(600, 1) * 0.2 + (labels.to(float32) * 4 - 2).unsqueeze(1);
        using var data = new InMemoryDataset(points, labels);
        using var generator = new MlpGenerator(2, 24, 1, hiddenLayers: 2, classes: 2);
        using var discriminator = new MlpDiscriminator(1, 24, hiddenLayers: 2, classes: 2);
        using var trainer = new GanTrainer(generator, discriminator, data, TrainingOptions.RegularizedRelativistic(400, 0.1, 2e-3) with { BatchSize = 50, Diagnostics = new() { Samples = 0 } });

        trainer.Train(400).Every(400).Should().ContainSingle();

        generator.Sample(200, label: 0).mean().item<float>().Should().BeApproximately(-2, 0.8f);
        generator.Sample(200, label: 1).mean().item<float>().Should().BeApproximately(2, 0.8f);
    }

    [Theory]
    [InlineData("DCGAN")]
    [InlineData("ResNet")]
    public void An_auxiliary_classifier_learns_the_classes_of_images(string name)
    {
        manual_seed(0);
        using var scope = NewDisposeScope();
        var labels = arange(120, ScalarType.Int64) % 2;
        var images = rand(120, 1, 8, 8) * 0.5;
        // Class 1 is bright on the left, class 0 on the right.
        images.narrow(3, 0, 4).mul_((labels * 2 - 1).view(-1, 1, 1, 1));
        images.narrow(3, 4, 4).mul_((1 - labels * 2).view(-1, 1, 1, 1));
        using var data = new InMemoryDataset(images, labels);
        using var generator = new DcganGenerator(Image, 4, 4, classes: 2);
        using DiscriminatorNetwork discriminator = name == "DCGAN" ? new DcganDiscriminator(Image, 4, auxiliaryClasses: 2) : new ResnetDiscriminator(Image, 4, auxiliaryClasses: 2);
        using var trainer = new GanTrainer(generator, discriminator, data, new()
        {
            BatchSize = 30,
            Objective = new AuxiliaryClassifier(GanObjective.NonSaturating),
            DiscriminatorOptimizer = new GanSharp.Optimization.AdamOptions { LearningRate = 1e-2 },
            Diagnostics = new() { Samples = 0 },
        });

        discriminator.Classes.Should().BeNull("it must find the class by itself");
        trainer.Train(40).Every(40).Should().ContainSingle();

        var output = discriminator.Judge(images);
        output.ClassLogits!.shape.Should().Equal(120, 2);
        output.Features!.shape[0].Should().Be(120);
        output.ClassLogits.argmax(1).eq(labels).to(float32).mean().item<float>().Should().BeGreaterThan(0.9f);
    }
}
