using FluentAssertions;
using GanSharp.Augmentations;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Packing;
using GanSharp.Networks.Residual;
using GanSharp.Networks.Weights;
using GanSharp.Objectives;
using GanSharp.Optimization.Averages;
using GanSharp.Penalties;
using GanSharp.Players;
using GanSharp.Training;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training.Checkpointing;

/// <summary>What keeps a state of its own, all of it in one run.</summary>
public sealed class CombinedResumeTests : IDisposable
{
    private const int Steps = 11;
    private static readonly ImageShape Image = new(1, 16, 16);
    private readonly TemporaryFolder folder = new();

    [Fact]
    public void Accumulation_packing_spectral_norm_lazy_R1_ADA_averages_bfloat16_and_two_steps_of_D_resume_bit_for_bit()
    {
        var whole = Train("whole", weightSeed: 0, Steps);

        _ = Train("parts", weightSeed: 0, 4);
        _ = Train("parts", weightSeed: 7, 8);
        var parts = Train("parts", weightSeed: 9, Steps);

        parts.Should().Be(whole);
        parts.Probability.Should().BePositive("ADA has moved, so that its state is tested");
    }

    public void Dispose() => folder.Dispose();

    private (string Generator, string Discriminator, string Average, double Probability) Train(string name, long weightSeed, int to)
    {
        using var scope = NewDisposeScope();
        manual_seed(1);
        using var data = new InMemoryDataset(randint(0, 256, [40, 1, 16, 16], ScalarType.Byte));
        manual_seed(weightSeed);
        using var generator = new DcganGenerator(Image, latentSize: 4, width: 4);
        using var discriminator = new PackedDiscriminator(new ResnetDiscriminator(Image.Packed(2), width: 4), samplesPerLogit: 2);
        using var ada = new AdaptiveAugmentation { Target = -0.9, ImagesToFull = 500, EveryObservations = 2 };
        using var trainer = new GanTrainer(generator, discriminator, data, new()
        {
            Objective = GanObjective.NonSaturating,
            BatchSize = 12,
            MicroBatches = 2,
            DiscriminatorSteps = 2,
            DiscriminatorPenalties = [new R1(0.1, everySteps: 3)],
            Augmentation = ada,
            Precision = Precision.BFloat16,
            EmaHalfLifeImages = 100,
            Averages = [new PowerAverage(0.1)],
            Diagnostics = new() { Samples = 0 },
        });
        trainer.ResumeIfAny(folder.File(name));
        _ = trainer.TrainTo(to).WithCheckpoints(folder.File(name)).Count();
        trainer.Step.Should().Be(to);
        var (ofGenerator, ofDiscriminator) = (NetworkFingerprint.Compute(generator), NetworkFingerprint.Compute(discriminator));
        using (trainer.UseAverage())
            return (ofGenerator, ofDiscriminator, NetworkFingerprint.Compute(generator), ada.ReadProbability());
    }
}
