using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Estimates;
using GanSharp.Metrics;
using GanSharp.Metrics.Models;
using GanSharp.Networks;
using GanSharp.Randomness;
using GanSharp.Tests.Data;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Metrics.Models;

/// <summary>The classification accuracy score of classes in the plane, whose best accuracy is known, and of garments.</summary>
public sealed class ClassificationAccuracyTests : IDisposable
{
    private const int Classes = 4, Count = 1_000;

    private static readonly ClassifierTrainingOptions Short = new() { Steps = 120, BatchSize = 64, LearningRate = 5e-3 };

    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void Of_two_Gaussians_it_is_the_best_accuracy_that_there_is()
    {
        // N(−1, 1) and N(1, 1) are told apart with Φ(1).
        static Batch Two(string name)
        {
            using var random = SeededRandom.Create(0, name);
            var labels = randint(2, [4_000], generator: random);
            return new(randn([4_000, 1], generator: random) + 2 * labels.unsqueeze(1) - 1, labels);
        }
        const double Best = 0.841345;

        var measured = ClassificationAccuracyScore.Measure([Two("training")], [Two("test")], Short);

        (measured.Accuracy.Lower <= Best && Best <= measured.Accuracy.Upper).Should().BeTrue(measured.ToString());
        measured.Accuracy.SampleCount.Should().Be(4_000);
        measured.OfClasses.Should().HaveCount(2).And.OnlyContain(one => Math.Abs(one!.Value.Value - Best) < 0.05);
    }

    [Fact]
    public void Lost_classes_wrong_labels_and_noise_lower_it()
    {
        var test = Plane("test");
        double Score(Batch training) => ClassificationAccuracyScore.Measure([training], [test], Short).Accuracy.Value;
        var whole = Plane("training");
        Batch Kept(int classes) => new(whole.Samples[whole.Labels!.lt(classes)], whole.Labels![whole.Labels.lt(classes)]);
        // The first classes' samples get the label of the next one.
        Batch Confused(int classes) => new(whole.Samples, where(whole.Labels!.lt(classes), whole.Labels! + 1, whole.Labels!));
        Batch Noisy(double amount)
        {
            using var random = SeededRandom.Create(0, "noise");
            return new(whole.Samples + amount * randn(whole.Samples.shape, generator: random), whole.Labels);
        }

        new[] { 4, 3, 2, 1 }.Select(classes => Score(Kept(classes))).Should().BeInDescendingOrder();
        new[] { 0, 1, 2, 3 }.Select(classes => Score(Confused(classes))).Should().BeInDescendingOrder();
        new[] { 0.0, 10, 100 }.Select(amount => Score(Noisy(amount))).Should().BeInDescendingOrder();
        var lost = ClassificationAccuracyScore.Measure([Kept(3)], [test], Short);
        lost.OfClasses.Select(one => Math.Round(one!.Value.Value)).Should().Equal([1, 1, 1, 0], "it shows which class is lost");
        var (first, second) = (ClassificationAccuracyScore.Measure([whole], [test], Short).Accuracy, ClassificationAccuracyScore.Measure([Plane("other")], [test], Short).Accuracy);
        (first.Lower <= second.Value && second.Value <= first.Upper).Should().BeTrue("both are trained on real samples");
    }

    [Fact]
    public void A_run_can_measure_a_conditional_generator_and_real_samples_stand_beside()
    {
        var plane = Plane("data");
        using var data = new InMemoryDataset(plane.Samples, plane.Labels).Split(0.5);
        using var good = new Conditional(spread: 0.5);
        using var collapsed = new Conditional(spread: 0.5, classes: 2);
        var metric = new ClassificationAccuracyMetric(samples: 200, Short);
        MetricValue Measure(GeneratorNetwork generator) => metric.Measure(new MetricContext(generator, data, seed: 3));

        var state = get_rng_state();
        var value = Measure(good);

        (metric.Name, metric.Goal).Should().Be(("classification accuracy score", MetricGoal.Higher));
        metric.Settings.Should().Contain("samples", "200").And.Contain("steps", "120").And.Contain("batch size", "64").And.Contain("learning rate", "0.005").And.Contain("classifier", "standard");
        // Two estimates, apart from each other: their intervals meet.
        value.Interval!.Value.Lower.Should().BeLessThan(value.OfReal!.Value.Upper);
        value.Interval.Value.Upper.Should().BeGreaterThan(value.OfReal.Value.Lower);
        value.Interval.Value.SampleCount.Should().Be(200);
        Measure(collapsed).Value.Should().BeLessThan(0.7 * value.OfReal.Value.Value);
        using (no_grad())
            Measure(good).Should().Be(value, "a run measures without gradients, and the same networks give the same value");
        get_rng_state().equal(state).all().item<bool>().Should().BeTrue();
        // A Sequential miscounts by a constant when it is disposed (an upstream fault), so what is counted is growth beyond that of the networks alone.
        LiveTensors.Grown(() => Measure(good)).Should().Be(LiveTensors.Grown(() =>
        {
            for (var network = 0; network < 2; network++)
                StandardClassifier.Create([2], Classes).Dispose();
        }));
    }

    [Fact]
    public void Garments_are_recognized_after_few_steps()
    {
        using var garments = ShippedGarments.Load();

        var measured = ClassificationAccuracyScore.Measure([garments.Draw(0, 0, 1_500)], [garments.HeldOut!.Draw(0, 0, 500)], new() { Steps = 60, BatchSize = 64 });

        measured.Accuracy.Value.Should().BeGreaterThan(0.65, "a guess is right once in ten times");
        measured.OfClasses.Should().HaveCount(FashionMnist.ClassNames.Count);
    }

    [Fact]
    public void Labels_that_say_nothing_are_refused()
    {
        var plane = Plane("data");
        using var data = new InMemoryDataset(plane.Samples, plane.Labels).Split(0.5);
        using var unlabeled = new InMemoryDataset(plane.Samples).Split(0.5);
        using var few = new InMemoryDataset(plane.Samples.narrow(0, 0, 60), plane.Labels!.narrow(0, 0, 60)).Split(0.5);
        using var unconditional = new MlpGenerator(2, 16, 2);
        var metric = new ClassificationAccuracyMetric(samples: 100, Short);
        void Refuses<T>(InMemoryDataset source, string message) where T : Exception =>
            metric.Invoking(it => it.Measure(new MetricContext(unconditional, source))).Should().Throw<T>().WithMessage(message);

        Refuses<DiagnosticRefusedException>(data, "The generator makes the same sample whatever the label*");
        Refuses<InvalidOperationException>(unlabeled, "ClassificationAccuracyMetric needs data with labels, but it has none.");
        Refuses<InvalidOperationException>(few, "ClassificationAccuracyMetric needs at least 40 real and 20 generated samples but there are 30 and enough.");
    }

    [Fact]
    public void What_cannot_be_learned_is_refused_by_name()
    {
        var good = Plane("good");
        void Refuses(Batch training, Batch test, string message, ClassifierTrainingOptions? options = null) =>
            FluentActions.Invoking(() => ClassificationAccuracyScore.Measure([training], [test], options ?? Short)).Should().Throw<Exception>().WithMessage(message);

        Refuses(good with { Labels = null }, good, "training must have labels, one class for each sample, but has none.*");
        Refuses(good, good with { Labels = good.Labels!.narrow(0, 0, 7) }, "test must have labels of shape [1000], one per sample, but they have shape [7].*");
        Refuses(good with { Labels = good.Labels! - 1 }, good, "training must have labels of at least 0, the number of a class, but they lie from -1 to 2.*");
        Refuses(good with { Labels = good.Labels! * 0 }, good with { Labels = good.Labels! * 0 }, "training and test must have at least two classes but all labels are 0.*");
        Refuses(good, good with { Samples = zeros(Count, 3) }, "test must hold samples of shape [2] like training but holds samples of shape [3].*");
        Refuses(good with { Samples = good.Samples * float.NaN }, good, "training must hold finite samples of shape [N, …] but holds NaN or infinity.*");
        Refuses(good, good, "MakeClassifier must return a network from samples of shape [1, 2] to logits of shape [1, 4], but they have shape [1, 3].*", Short with { MakeClassifier = (_, _) => nn.Linear(2, 3) });
        Refuses(good, good, string.Join(Environment.NewLine, "The classifier's options are invalid:", "- Steps must be at least 1 but is 0.", "- BatchSize must be at least 1 but is -1.", "- LearningRate must be finite and above 0 but is NaN."),
            new() { Steps = 0, BatchSize = -1, LearningRate = double.NaN });
        FluentActions.Invoking(() => ClassificationAccuracyScore.Measure([], [good])).Should().Throw<ArgumentException>().WithMessage("training must hold at least one batch but is empty.*");
        FluentActions.Invoking(() => ClassificationAccuracyScore.Measure([good, good with { Labels = null }], [good])).Should().Throw<ArgumentException>().WithMessage("training must have labels in every batch or in none, but 1 of 2 have some.*");
        FluentActions.Invoking(() => new ClassificationAccuracyMetric(19)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("samples");
    }

    /// <summary>Four classes, three apart.</summary>
    private static Batch Plane(string name)
    {
        using var random = SeededRandom.Create(1, name);
        var labels = randint(Classes, [Count], generator: random);
        return new(Centers(labels) + 0.5 * randn([Count, 2], generator: random), labels);
    }

    private static Tensor Centers(Tensor labels) => 3 * stack([labels.remainder(2), labels.div(2, RoundingMode.floor)], 1).to(ScalarType.Float32);

    /// <summary>The classes of the plane; where it knows fewer, it makes others look like these.</summary>
    private sealed class Conditional(double spread, int classes = Classes) : GeneratorNetwork(nameof(Conditional), LatentPrior.Normal(2))
    {
        public override int? Classes => ClassificationAccuracyTests.Classes;

        public override Tensor forward(Tensor latents, Tensor? labels) => Centers(labels!.remainder(classes)) + spread * latents;
    }
}
