using FluentAssertions;
using GanSharp.Data;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Data;

public sealed class InMemoryDatasetTests
{
    [Theory]
    [InlineData(7, 3)]
    [InlineData(10, 10)]
    [InlineData(5, 12)]
    public void Every_epoch_visits_each_sample_once_whatever_the_batch(int size, int batch)
    {
        using var scope = NewDisposeScope();
        using var data = Numbered(size);
        var sequence = new List<float>();

        for (var position = 0; position < 12 * size; position += batch)
            sequence.AddRange(data.Draw(3, position, batch).Samples.data<float>().ToArray());

        foreach (var epoch in sequence.Chunk(size).Where(chunk => chunk.Length == size))
            epoch.Order().Should().Equal(Enumerable.Range(0, size).Select(index => (float)index));
        sequence.Chunk(size).Take(2).Select(epoch => string.Join(' ', epoch)).Should().OnlyHaveUniqueItems("each epoch has an order of its own");
    }

    [Fact]
    public void A_draw_can_begin_anywhere_without_what_came_before()
    {
        using var scope = NewDisposeScope();
        using var data = Numbered(11);
        using var other = Numbered(11);
        for (var position = 0; position < 100; position += 4)
            data.Draw(9, position, 4);

        other.Draw(9, 37, 20).Samples.equal(data.Draw(9, 37, 20).Samples).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void Bytes_become_floats_from_minus_1_to_1()
    {
        using var scope = NewDisposeScope();
        using var data = new InMemoryDataset(tensor(new byte[] { 0, 255, 51 }).view(1, 3));

        var sample = data.Draw(0, 0, 1).Samples.data<float>().ToArray();

        sample.Zip([-1f, 1f, -0.6f], (found, wanted) => MathF.Abs(found - wanted)).Max().Should().BeLessThan(1e-6f);
    }

    [Fact]
    public void Labels_stay_with_their_samples()
    {
        using var scope = NewDisposeScope();
        using var data = new InMemoryDataset(arange(20, ScalarType.Float32).unsqueeze(1), arange(20, ScalarType.Int32)).Split(0.25);

        foreach (var part in new[] { data, data.HeldOut! })
        {
            var batch = part.Draw(0, 0, (int)part.Count!);
            batch.Samples.squeeze(1).equal(batch.Labels!.to(float32)).all().item<bool>().Should().BeTrue();
        }
    }

    [Fact]
    public void A_split_puts_each_sample_on_one_side()
    {
        using var scope = NewDisposeScope();
        using var data = Numbered(20).Split(0.3, seed: 4);

        var (training, heldOut) = (Values(data), Values(data.HeldOut!));

        (training.Length, heldOut.Length).Should().Be((14, 6));
        training.Concat(heldOut).Order().Should().Equal(Enumerable.Range(0, 20).Select(index => (float)index));
    }

    [Fact]
    public void The_tensor_of_the_caller_may_go_first()
    {
        var samples = ones(5, 2);
        using var data = new InMemoryDataset(samples);
        samples.Dispose();

        using var batch = data.Draw(0, 0, 5).Samples;
        batch.sum().item<float>().Should().Be(10);
    }

    [Fact]
    public void What_is_no_data_is_refused_by_name()
    {
        using var scope = NewDisposeScope();
        var withNaN = ones(4, 2);
        withNaN[2, 1] = float.NaN;

        Refusing(() => new InMemoryDataset(zeros(5))).WithMessage("'tensor data': samples must have shape [N, …] with at least one sample but have shape [5].*");
        Refusing(() => new InMemoryDataset(zeros(0, 2))).WithMessage("*have shape [0, 2].*");
        Refusing(() => new InMemoryDataset(zeros([3, 2], ScalarType.Int64))).WithMessage("'tensor data': samples must be uint8 images or floating-point values but are Int64.*");
        Refusing(() => new InMemoryDataset(withNaN)).WithMessage("'tensor data': samples must be finite but sample 2 holds NaN or infinity.*");
        Refusing(() => new InMemoryDataset(zeros(4, 2), zeros(3, ScalarType.Int64))).WithMessage("'tensor data': labels must have shape [4], one per sample, but have shape [3].*");
        Refusing(() => new InMemoryDataset(zeros(4, 2), heldOut: new InMemoryDataset(zeros(4, 3)))).WithMessage("'tensor data': held-out samples must have shape [2] like the training samples but have shape [3].*");
        Refusing(() => Numbered(4).Split(1)).WithMessage("heldOutFraction must lie between 0 and 1, both excluded.*");
        Refusing(() => Numbered(4).Draw(0, -1, 1)).WithMessage("*position*");
        Refusing(() => Numbered(4).Draw(0, 0, 0)).WithMessage("*count*");
    }

    private static InMemoryDataset Numbered(int count) => new(arange(count, ScalarType.Float32).unsqueeze(1));

    private static float[] Values(Dataset data) => data.Draw(0, 0, (int)data.Count!).Samples.data<float>().ToArray();

    private static FluentAssertions.Specialized.ExceptionAssertions<ArgumentException> Refusing(Func<object> make) => make.Should().Throw<ArgumentException>();
}
