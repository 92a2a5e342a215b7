using FluentAssertions;
using GanSharp.Augmentations;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Augmentations;

/// <summary>DiffAugment as its authors' code computes it and ADA's transforms in the authors' matrix form, both by PyTorch (tests/peers/augmentations_reference.py), draws and gradients included.</summary>
public sealed class AugmentationReferenceTests
{
    private static readonly Case[] Cases = Fixture.Read<Case[]>("Augmentations", "augmentations.json");

    public static TheoryData<string> Names => [.. Cases.Select(it => it.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Images_and_gradients_are_those_of_PyTorch_with_the_same_random_numbers(string name)
    {
        using var scope = NewDisposeScope();
        var expected = Cases.Single(it => it.Name == name);
        using var random = new TorchSharp.torch.Generator((ulong)expected.Seed);
        var images = Numbers(1, expected.Shape).requires_grad_(true);

        var changed = Apply(name.Split(',')[0], images, random);
        (changed * Numbers(2, expected.Shape)).sum().backward();

        Difference(changed, expected.Changed).Should().BeLessThan(1e-9);
        Difference(images.grad!, expected.Gradient).Should().BeLessThan(1e-9);
    }

    private static Tensor Apply(string name, Tensor images, Generator random) => name switch
    {
        "color" => new ColorJitter().Apply(images, random),
        "translation" => new Translation().Apply(images, random),
        "cutout" => new Cutout().Apply(images, random),
        "diff_augment" => Augmentation.DiffAugment.Apply(images, random),
        "adaptive geometric" => new AffineWarp().Apply(images, random, 0, tensor(0.7, ScalarType.Float64)),
        "adaptive color" => new ColorTransform().Apply(images, random, 0, tensor(0.7, ScalarType.Float64)),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    private static Tensor Numbers(long seed, long[] shape) =>
        tensor(Fixture.Numbers(seed).Take((int)shape.Aggregate((a, b) => a * b)).Select(number => number / (double)(1 << 30) - 1).ToArray(), shape, ScalarType.Float64);

    private static double Difference(Tensor value, double[] expected) => (value.detach() - tensor(expected, value.shape, ScalarType.Float64)).abs().max().item<double>();

    private sealed record Case(string Name, long[] Shape, long Seed, double[] Changed, double[] Gradient);
}
