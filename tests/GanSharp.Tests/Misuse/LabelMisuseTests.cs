using FluentAssertions;
using GanSharp.Contracts;
using GanSharp.Data;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Training;
using Xunit;
using AuxiliaryClassifier = GanSharp.Objectives.AuxiliaryClassifier;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Misuse;

/// <summary>Labels of the wrong type, number or range, labels that are missing, and labels that nobody reads.</summary>
public sealed class LabelMisuseTests
{
    public static TheoryData<string, Tensor?, string> OfSamples => new()
    {
        { "missing", null, "labels must be given: LambdaGenerator makes a difference between 4 classes. Pass an int64 tensor of shape [3] with values from 0 to 3.*" },
        { "int32", zeros(3, ScalarType.Int32), "labels must be int64 but are Int32. Convert them: labels.to(ScalarType.Int64).*" },
        { "float", zeros(3), "labels must be int64 but are Float32.*" },
        { "too few", zeros(2, ScalarType.Int64), "labels must have shape [3], one per sample, but have shape [2].*" },
        { "one-hot", zeros(3, 4, dtype: ScalarType.Int64), "labels must have shape [3], one per sample, but have shape [3, 4].*" },
        { "above the last class", tensor(new long[] { 0, 4, 1 }), "labels must lie from 0 to 3, the 4 classes of LambdaGenerator, but lie from 0 to 4.*" },
        { "negative", tensor(new long[] { 0, -1, 1 }), "labels must lie from 0 to 3, the 4 classes of LambdaGenerator, but lie from -1 to 1.*" },
    };

    [Theory]
    [MemberData(nameof(OfSamples))]
    public void Sample_names_what_the_labels_must_be(string misuse, Tensor? labels, string message)
    {
        misuse.Should().NotBeEmpty();
        using var generator = new LambdaGenerator(classes: 4);

        FluentActions.Invoking(() => generator.Sample(3, labels)).Should().Throw<ArgumentException>().WithMessage(message).Which.ParamName.Should().Be("labels");
    }

    [Fact]
    public void So_do_the_trainer_s_Sample_and_the_discriminator_s_Logits()
    {
        using var data = new InMemoryDataset(randn(64, 2), randint(0, 4, [64], ScalarType.Int64));
        using var generator = new LambdaGenerator(Embedded, classes: 4);
        using var discriminator = new LambdaDiscriminator(classes: 4);
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 8 });

        FluentActions.Invoking(() => trainer.Sample(3)).Should().Throw<ArgumentException>().WithMessage("labels must be given: LambdaGenerator makes a difference between 4 classes.*");
        FluentActions.Invoking(() => trainer.Sample(3, labels: zeros(5, ScalarType.Int64))).Should().Throw<ArgumentException>().WithMessage("labels must have shape [3]*");
        FluentActions.Invoking(() => discriminator.Logits(randn(3, 2), zeros(2, ScalarType.Int64))).Should().Throw<ArgumentException>().WithMessage("labels must have shape [3]*");
        FluentActions.Invoking(() => discriminator.Logits(randn(3, 2), full(3, 9, ScalarType.Int64))).Should().Throw<ArgumentException>().WithMessage("labels must lie from 0 to 3, the 4 classes of LambdaDiscriminator, but lie from 9 to 9.*");
        trainer.Sample(3, labels: tensor(new long[] { 0, 1, 3 })).shape.Should().Equal(3, 2);
    }

    [Fact]
    public void Data_without_labels_for_networks_with_classes_is_refused() =>
        Making.Trainer(new LambdaGenerator(classes: 4)).Should().Throw<NetworkException>()
            .WithMessage("LambdaGenerator makes a difference between 4 classes, but 'ring of 8 Gaussians' has no labels. Give the data int64 labels from 0 to 3, or leave LambdaGenerator.Classes null. For classes that aren't the data's (InfoGan), set Labels = LabelSampler.Uniform(4).");

    [Fact]
    public void Every_label_of_the_data_is_held_against_the_classes()
    {
        // Only the last of many is too high.
        using var labels = zeros(5_000, ScalarType.Int64);
        labels[4_999] = 4;
        using var data = new InMemoryDataset(randn(5_000, 2), labels, name: "points");

        Making.Trainer(discriminator: new LambdaDiscriminator(classes: 4), data: data).Should().Throw<NetworkException>()
            .WithMessage("LambdaDiscriminator makes a difference between 4 classes, so that labels must lie from 0 to 3, but those of 'points' lie from 0 to 4.");
    }

    public static TheoryData<string, long, long, string> OfClassLogits => new()
    {
        { "from 1", 1, 4, "TwoHeadedDiscriminator.forward returns ClassLogits of 4 classes, so that labels must lie from 0 to 3, but those of 'points' lie from 1 to 4. Subtract 1 from them." },
        { "too many", 0, 4, "TwoHeadedDiscriminator.forward returns ClassLogits of 4 classes, so that labels must lie from 0 to 3, but those of 'points' lie from 0 to 4. Number them from 0, or give TwoHeadedDiscriminator as many classes as there are." },
        { "negative", -1, 2, "TwoHeadedDiscriminator.forward returns ClassLogits of 4 classes, so that labels must lie from 0 to 3, but those of 'points' lie from -1 to 2. Number them from 0, or give *." },
    };

    [Theory]
    [MemberData(nameof(OfClassLogits))]
    public void Every_label_of_the_data_has_a_class_logit(string misuse, long lowest, long highest, string message)
    {
        misuse.Should().NotBeEmpty();
        // Only one of many isn't as the trial's.
        using var labels = full(5_000, 2, ScalarType.Int64);
        (labels[4_998], labels[4_999]) = (tensor(lowest), tensor(highest));
        using var data = new InMemoryDataset(randn(5_000, 2), labels, name: "points");

        Making.Trainer(discriminator: new TwoHeadedDiscriminator(2, 8, classes: 4), data: data, options: new() { Objective = new AuxiliaryClassifier() }).Should().Throw<NetworkException>().WithMessage(message);
        Making.Trainer(discriminator: new TwoHeadedDiscriminator(2, 8, classes: 4), data: data, options: new() { Objective = new InfoGan() }).Should().Throw<NetworkException>().WithMessage(message);
        Making.Trainer(discriminator: new TwoHeadedDiscriminator(2, 8, classes: 4), data: data, options: new() { Objective = new InfoGan(), Labels = LabelSampler.Uniform(4) }).Should().NotThrow("the code isn't the data's");
    }

    [Fact]
    public void So_has_every_label_of_the_sampler_and_each_network_with_classes_has_them()
    {
        using var data = new InMemoryDataset(randn(64, 2), randint(0, 4, [64], ScalarType.Int64));
        // Of eleven classes the trial's few labels often miss the last.
        Making.Trainer(discriminator: new TwoHeadedDiscriminator(2, 8, classes: 10), options: new() { Objective = new InfoGan(), Labels = LabelSampler.Uniform(11) }).Should().Throw<ArgumentException>()
            .WithMessage("UniformLabels.Sample must return labels from 0 to 9, the 10 classes of which TwoHeadedDiscriminator returns ClassLogits, but returned 0 to 10.");
        Making.Trainer(new LambdaGenerator(Embedded, classes: 4), options: new() { Labels = LabelSampler.Uniform(5) }).Should().Throw<ArgumentException>()
            .WithMessage("UniformLabels.Sample must return labels from 0 to 3, the 4 classes of LambdaGenerator, but returned 0 to 4.");
        Making.Trainer(discriminator: new LambdaDiscriminator(classes: 4), data: data, options: new() { BatchSize = 8, Labels = LabelSampler.Given(4) }).Should().Throw<ArgumentException>()
            .WithMessage("GivenLabel.Sample must return labels from 0 to 3, the 4 classes of LambdaDiscriminator, but returned 4 to 4.");
        Making.Trainer(new LambdaGenerator(classes: 4), options: new() { Labels = new NoLabels() }).Should().Throw<ArgumentException>()
            .WithMessage("NoLabels.Sample must return labels from 0 to 3, the 4 classes of LambdaGenerator, but returned none.");
    }

    private sealed class NoLabels : LabelSampler
    {
        public override Tensor? Sample(Tensor? realLabels, long count, Generator random, Device device) => null;
    }

    [Fact]
    public void A_conditional_network_that_doesn_t_say_so_is_told_that_labels_are_missing()
    {
        Making.Trainer(new LambdaGenerator(Embedded)).Should().Throw<NetworkException>()
            .WithMessage("LambdaGenerator.forward failed on latents of shape [16, 2]: *. The data has no labels; a conditional network needs data with labels.");
        using var generator = new LambdaGenerator(Embedded);
        FluentActions.Invoking(() => generator.Sample(3)).Should().Throw<NetworkException>()
            .WithMessage("LambdaGenerator.forward failed without labels: *If it is conditional, pass them: Sample(3, labels).");
    }

    [Fact]
    public void An_embedding_that_is_too_small_is_told_the_highest_label()
    {
        using var data = new InMemoryDataset(randn(16, 2), full(16, 7, ScalarType.Int64));

        Making.Trainer(new LambdaGenerator(Embedded), data: data, options: new() { BatchSize = 8 }).Should().Throw<NetworkException>()
            .WithMessage("LambdaGenerator.forward failed on latents of shape [16, 2] and labels of shape [16]: index out of range in self. The labels lie from 7 to 7; the layer must have more classes than the highest.");
    }

    [Fact]
    public void Labels_of_the_data_that_no_network_reads_are_no_mistake()
    {
        using var data = new InMemoryDataset(randn(64, 2), randint(0, 4, [64], ScalarType.Int64));

        Making.Trainer(data: data, options: new() { BatchSize = 8 }).Should().NotThrow();
    }

    [Fact]
    public void Labels_of_the_data_must_be_integers() =>
        FluentActions.Invoking(() => new InMemoryDataset(randn(4, 2), rand(4))).Should().Throw<ArgumentException>().WithMessage("'tensor data': labels must be integers but are Float32.*");

    private static readonly Module<Tensor, Tensor> Table = Embedding(4, 2);

    private static Tensor Embedded(Module<Tensor, Tensor> layer, Tensor latents, Tensor? labels) => layer.call(latents) + Table.call(labels!);
}
