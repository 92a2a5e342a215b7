using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Latents;
using GanSharp.Networks.R3Gan;
using GanSharp.Networks.Residual;
using GanSharp.Networks.StyleGan;
using GanSharp.Training;
using TorchSharp;
using TorchSharp.Modules;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Networks;

public sealed class ClassMixtureTests
{
    private const int Classes = 3;
    private static readonly ImageShape Image = new(1, 8, 8);

    private static Dictionary<string, Func<GeneratorNetwork>> Makers { get; } = new()
    {
        ["MlpGenerator"] = () => new MlpGenerator(4, 8, Image, classes: Classes),
        ["DcganGenerator"] = () => new DcganGenerator(Image, 4, 4, classes: Classes),
        ["ResnetGenerator"] = () => new ResnetGenerator(Image, 4, 4, Classes),
        ["R3GanGenerator"] = () => new R3GanGenerator(Image, 4, new R3GanOptions { Widths = [4, 8], GroupSize = 4 }, Classes),
        ["StyleGan2Generator"] = () => new StyleGan2Generator(Image, 4, new StyleGan2Options { Widths = [4, 8] }, Classes),
        ["OwnGenerator"] = () => new OwnGenerator(takesMixtures: true),
    };

    public static TheoryData<string> Names => [.. Makers.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_mixture_of_one_class_is_the_class_bit_for_bit_and_one_of_two_lies_between(string name)
    {
        using var scope = NewDisposeScope();
        using var generator = Made(name);
        var latents = generator.Prior.Sample(6);
        var labels = tensor([2L, 0, 1, 1, 0, 2]);

        var asked = generator.Sample(latents, labels);
        var mixed = generator.Sample(latents, ClassMixture.Codes(labels, Classes, ScalarType.Float32));
        var half = generator.Sample(latents, ClassMixture.Of(6, Classes, (0, 0.5), (2, 0.5)));
        var nearly = generator.Sample(latents, ClassMixture.Of(6, Classes, (0, 0.999), (2, 0.001)));
        var (first, last) = (generator.Sample(latents, label: 0), generator.Sample(latents, label: 2));

        generator.TakesMixtures.Should().BeTrue();
        Same(mixed, asked).Should().BeTrue();
        (half - first).flatten(1).abs().max(1).values.min().item<float>().Should().BeGreaterThan(1e-5f);
        (half - last).flatten(1).abs().max(1).values.min().item<float>().Should().BeGreaterThan(1e-5f);
        // It goes on from the class without a jump.
        (nearly - first).abs().max().item<float>().Should().BeLessThan(0.05f * (last - first).abs().max().item<float>());
        // Double weights are converted to what the network computes with.
        Same(generator.Sample(latents, ClassMixture.Of(6, Classes, (0, 0.5), (2, 0.5)).to(ScalarType.Float64)), half).Should().BeTrue();
    }

    [Fact]
    public void Every_conditional_generator_of_the_library_takes_mixtures()
    {
        var conditional = typeof(GeneratorNetwork).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(GeneratorNetwork)) && type.GetConstructors().Any(made => made.GetParameters().Any(parameter => parameter.Name == "classes")));

        conditional.Select(type => type.Name).Should().BeSubsetOf(Makers.Keys).And.HaveCountGreaterThanOrEqualTo(5);
        new DcganGenerator(Image, 4, 4).TakesMixtures.Should().BeFalse("there is nothing to mix");
    }

    [Fact]
    public void A_table_gives_the_weighted_mean_of_its_rows_and_each_rows_derivative()
    {
        using var scope = NewDisposeScope();
        using var table = Embedding(3, 2, dtype: ScalarType.Float64);
        using (no_grad())
            table.weight!.copy_(tensor(new[,] { { 1.0, -2 }, { 3, 5 }, { 0.5, 4 } }));
        var mixtures = tensor(new[,] { { 0.25, 0.5, 0.25 }, { 0, 0, 1 } }).requires_grad_(true);

        var rows = ClassMixture.LookUp(table, mixtures);
        (rows * tensor(new[,] { { 1.0, 10 }, { 100, 1000 } })).sum().backward();

        rows.detach().data<double>().ToArray().Should().Equal(1.875, 3, 0.5, 4);
        mixtures.grad!.data<double>().ToArray().Should().Equal(1 - 20, 3 + 50, 0.5 + 40, 100 - 2000, 300 + 5000, 50 + 4000);
        ClassMixture.LookUp(table, tensor([2L, 0])).detach().data<double>().ToArray().Should().Equal(0.5, 4, 1, -2);
        // bfloat16 weights of a network in mixed precision: the table's type, not the mixture's.
        table.to(ScalarType.BFloat16);
        ClassMixture.LookUp(table, mixtures).dtype.Should().Be(ScalarType.BFloat16);
    }

    [Fact]
    public void A_way_begins_and_ends_at_whole_classes_and_its_steps_are_equal()
    {
        using var scope = NewDisposeScope();

        var way = ClassMixture.Between(2, 0, Classes, steps: 5);

        way.dtype.Should().Be(ScalarType.Float32);
        way.data<float>().ToArray().Should().Equal(0, 0, 1, 0.25f, 0, 0.75f, 0.5f, 0, 0.5f, 0.75f, 0, 0.25f, 1, 0, 0);
        ClassMixture.Of(2, 3, (1, 0.25), (0, 0.5), (1, 0.25)).data<float>().ToArray().Should().Equal(0.5f, 0.5f, 0, 0.5f, 0.5f, 0);
        FluentActions.Invoking(() => ClassMixture.Between(0, 3, Classes, 5)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("to must lie from 0 to 2*").WithParameterName("to");
        FluentActions.Invoking(() => ClassMixture.Between(0, 1, Classes, 1)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("steps");
        FluentActions.Invoking(() => ClassMixture.Of(2, 3, (-1, 1))).Should().Throw<ArgumentOutOfRangeException>().WithMessage("shares must lie from 0 to 2*has -1*");
    }

    [Fact]
    public void A_trainer_and_a_snapshot_take_mixtures_and_leave_nothing_behind()
    {
        manual_seed(0);
        using var scope = NewDisposeScope();
        using var data = new InMemoryDataset(rand(40, 1, 8, 8), arange(40, ScalarType.Int64) % Classes);
        using var generator = new DcganGenerator(Image, 4, 4, classes: Classes);
        using var discriminator = new DcganDiscriminator(Image, 4, classes: Classes);
        using var trainer = new GanTrainer(generator, discriminator, data, new() { BatchSize = 8, Diagnostics = new() { Samples = 0 } });
        // The first request of all makes the copy and tries it.
        trainer.Invoking(it => it.Sample(4, full([4, 2], 0.5f))).Should().Throw<ArgumentException>().WithMessage("labels that are mixtures must have shape [4, 3]*");
        trainer.Invoking(it => it.Sample(4, label: 3)).Should().Throw<ArgumentException>().WithMessage("labels must lie from 0 to 2*");
        trainer.Train(2).Every(2).Should().ContainSingle();
        using var snapshot = trainer.Snapshot();
        var latents = generator.Prior.Sample(1).repeat(4, 1);
        var way = ClassMixture.Between(1, 2, Classes, steps: 4);
        var walk = trainer.Sample(latents, way);

        Same(walk[0], trainer.Sample(latents, label: 1)[0]).Should().BeTrue();
        Same(walk[3], trainer.Sample(latents, label: 2)[3]).Should().BeTrue();
        Same(walk[1], walk[2]).Should().BeFalse();
        snapshot.Sample(latents, way).allclose(walk, 1e-5, 1e-5).Should().BeTrue("it computes on one thread, in another order");
        Same(snapshot.Sample(4, seed: 5, labels: way), snapshot.Sample(4, seed: 5, labels: way)).Should().BeTrue();
        LiveTensors.Grown(() =>
        {
            using var inner = NewDisposeScope();
            _ = trainer.Sample(4, ClassMixture.Of(4, Classes, (0, 0.5), (1, 0.5)));
            _ = snapshot.Sample(latents, ClassMixture.Between(0, 2, Classes, steps: 4));
        }).Should().Be(0);
    }

    [Fact]
    public void What_is_no_mixture_of_the_network_s_classes_is_refused()
    {
        using var scope = NewDisposeScope();
        using var generator = new MlpGenerator(4, 8, 2, classes: Classes);
        using var unconditional = new MlpGenerator(4, 8, 2);
        using var own = new OwnGenerator(takesMixtures: false);
        void Refused(GeneratorNetwork network, Tensor asked, string message) =>
            network.Invoking(it => it.Sample(2, asked)).Should().Throw<ArgumentException>().WithMessage(message).WithParameterName("labels");

        Refused(generator, full([2, 4], 0.25f), "labels that are mixtures must have shape [2, 3]*3 classes of MlpGenerator*have shape [2, 4]*");
        Refused(generator, ClassMixture.Of(3, 3, (0, 1)), "*must have shape [2, 3]*have shape [3, 3]*");
        Refused(generator, ClassMixture.Of(2, 3, (0, 1.5), (1, -0.5)), "*weights of at least 0 but have -0.5*");
        Refused(generator, full([2, 3], float.NaN), "*weights of at least 0 but have NaN*");
        Refused(generator, ClassMixture.Of(2, 3, (0, 0.5), (1, 0.4)), "*rows with sum 1 but a row has sum 0.9*Divide each by its sum*");
        Refused(generator, full([2, 3], float.PositiveInfinity), "*rows with sum 1*");
        Refused(generator, ones(2, 3, ScalarType.Int64), "labels must have shape [2]*");
        Refused(generator, ones(2), "labels must be int64 but are Float32*");
        Refused(unconditional, ClassMixture.Of(2, 3, (0, 1)), "labels must not be mixtures of classes, because MlpGenerator has none*");
        Refused(own, ClassMixture.Of(2, 3, (0, 1)), "*OwnGenerator doesn't say that it takes mixtures*override TakesMixtures*");
        own.Sample(2, label: 1).shape.Should().Equal(2, 2);
        // What float32 rounds of a thousand weights is no fault.
        using var many = new MlpGenerator(4, 8, 2, classes: 1_000);
        many.Sample(2, full([2, 1_000], 1e-3f)).shape.Should().Equal(2, 2);
    }

    private static GeneratorNetwork Made(string name)
    {
        manual_seed(0);
        var generator = Makers[name]();
        // Scales and shifts of conditional batch norm begin alike for all classes.
        using var frozen = no_grad();
        foreach (var parameter in generator.parameters())
            parameter.add_(randn_like(parameter) * 0.1);
        return generator;
    }

    private static bool Same(Tensor left, Tensor right) => left.equal(right).all().item<bool>();

    private sealed class OwnGenerator : GeneratorNetwork
    {
        private readonly Embedding table;
        private readonly Module<Tensor, Tensor> body;

        public OwnGenerator(bool takesMixtures)
            : base(nameof(OwnGenerator), LatentPrior.Normal(4))
        {
            TakesMixtures = takesMixtures;
            (table, body) = (Embedding(ClassMixtureTests.Classes, 4), Linear(8, 2));
            RegisterComponents();
        }

        public override int? Classes => ClassMixtureTests.Classes;

        public override bool TakesMixtures { get; }

        public override Tensor forward(Tensor latents, Tensor? labels) => body.call(cat([latents, ClassMixture.LookUp(table, labels!)], 1));
    }
}
