using FluentAssertions;
using GanSharp.Data;
using GanSharp.Networks;
using GanSharp.Training;
using GanSharp.Training.Runs;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Misuse;

/// <summary>Data sets that return something else than they promise, at once or in the middle of a run.</summary>
public sealed class DataMisuseTests
{
    private const string Asked = "'lambda': Draw was asked for 16 samples at position 0 and returned ";

    public static TheoryData<string, Func<long, int, Batch>, string> Misuses => new()
    {
        { "nothing", (_, _) => default, Asked + "no samples (null)." },
        { "disposed", (_, count) => { using var x = randn(count, 2); return new Batch(x, null); }, Asked + "samples that have been disposed: move what leaves a DisposeScope out of it with MoveToOuterDisposeScope()." },
        { "too few", (_, count) => new Batch(randn(count - 1, 2), null), Asked + "samples of shape [15, 2] instead of [16, 2]. A sequence is endless*" },
        { "too many", (_, count) => new Batch(randn(count + 1, 2), null), Asked + "samples of shape [17, 2] instead of [16, 2]." },
        { "another shape", (_, count) => new Batch(randn(count, 3), null), Asked + "samples of shape [16, 3] instead of [16, 2]." },
        { "no batch dimension", (_, _) => new Batch(randn(2), null), Asked + "samples of shape [2] instead of [16, 2]*" },
        { "float64", (_, count) => new Batch(randn(count, 2, dtype: ScalarType.Float64), null), Asked + "samples of type Float64. GanSharp trains float32: convert them with to(ScalarType.Float32)." },
        { "half", (_, count) => new Batch(randn(count, 2).to(ScalarType.Float16), null), Asked + "samples of type Float16. GanSharp trains float32*" },
        { "bytes", (_, count) => new Batch(ones(count, 2, dtype: ScalarType.Byte), null), Asked + "samples of type Byte. GanSharp trains float32: convert them with to(ScalarType.Float32).div(127.5).sub(1), or give the bytes to an InMemoryDataset, which does so." },
        { "labels of another type", (_, count) => new Batch(randn(count, 2), zeros(count)), Asked + "labels of type Float32. They must be int64: convert them with to(ScalarType.Int64)." },
        { "short labels", (_, count) => new Batch(randn(count, 2), zeros(3, ScalarType.Int64)), Asked + "labels of shape [3] instead of [16], one per sample." },
        { "labels as columns", (_, count) => new Batch(randn(count, 2), zeros(count, 1, dtype: ScalarType.Int64)), Asked + "labels of shape [16, 1] instead of [16], one per sample." },
    };

    [Theory]
    [MemberData(nameof(Misuses))]
    public void What_is_returned_is_checked_when_the_trainer_is_made(string misuse, Func<long, int, Batch> draw, string message)
    {
        misuse.Should().NotBeEmpty();
        Making.Trainer(data: new LambdaDataset(draw)).Should().Throw<InvalidDatasetException>().WithMessage(message);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_later_draw_is_checked_too(bool readsAhead)
    {
        using var data = new LambdaDataset((position, count) => position < 3 * 64 ? new Batch(randn(count, 2), null) : new Batch(randn(count, 2, dtype: ScalarType.Float64), null));
        using var generator = new LambdaGenerator();
        using var discriminator = new LambdaDiscriminator();
        using var trainer = new GanTrainer(generator, discriminator, data, new() { Prefetch = readsAhead, Diagnostics = new() { Samples = 0 } });

        trainer.Invoking(one => one.Train(10).ToList()).Should().Throw<TrainingFailedException>()
            .WithMessage("Training failed after step 3: 'lambda': Draw was asked for 64 samples at position 192 and returned samples of type Float64. GanSharp trains float32*Make the data readable as it was.*");
    }

    [Fact]
    public void Data_of_float64_in_memory_is_refused_and_not_the_end_of_the_process()
    {
        using var data = new InMemoryDataset(randn(100, 2, dtype: ScalarType.Float64), name: "measured");

        Making.Trainer(data: data).Should().Throw<InvalidDatasetException>().WithMessage("'measured': Draw was asked for 16 samples at position 0 and returned samples of type Float64. GanSharp trains float32*");
    }

    [Fact]
    public void Disposed_data_is_named()
    {
        using var data = new InMemoryDataset(randn(100, 2), name: "points");
        data.Dispose();

        Making.Trainer(data: data).Should().Throw<ObjectDisposedException>().WithMessage("The data set 'points' has been disposed.*");
    }

    [Fact]
    public void A_held_out_part_of_another_shape_or_without_the_labels_is_named()
    {
        using var threeD = new LambdaDataset((_, count) => new Batch(randn(count, 3), null), null, 3);
        using var plain = new LambdaDataset((_, count) => new Batch(randn(count, 2), null));

        Making.Trainer(data: new LambdaDataset((_, count) => new Batch(randn(count, 2), null), threeD)).Should().Throw<InvalidDatasetException>()
            .WithMessage("'lambda' must have held-out samples of its own shape [2] but 'lambda' has [3].");
        Making.Trainer(data: new LambdaDataset((_, count) => new Batch(randn(count, 2), zeros(count, ScalarType.Int64)), plain)).Should().Throw<InvalidDatasetException>()
            .WithMessage("'lambda' must have labels for its training samples and its held-out samples, or for neither, but has them for the training samples alone.");
    }

    [Fact]
    public void A_prior_that_returns_something_else_is_named()
    {
        using var generator = new OddGenerator();

        Making.Trainer(generator).Should().Throw<NetworkException>().WithMessage("OddPrior.Sample must return float32 latents of shape [16, 2] but returned Float64 [16, 2].");
    }

    private sealed class OddPrior() : LatentPrior(2)
    {
        public override Tensor Sample(long count, Generator? random = null, Device? device = null) => randn(count, 2, dtype: ScalarType.Float64);
    }

    private sealed class OddGenerator : GeneratorNetwork
    {
        private readonly nn.Module<Tensor, Tensor> body = nn.Linear(2, 2);

        public OddGenerator()
            : base(nameof(OddGenerator), new OddPrior()) => RegisterComponents();

        public override Tensor forward(Tensor latents, Tensor? labels) => body.call(latents);
    }
}
