using FluentAssertions;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Autoencoders;
using GanSharp.Networks.Weights;
using GanSharp.Optimization.Averages;
using GanSharp.Training;
using GanSharp.Training.Autoencoders;
using GanSharp.Training.Checkpointing;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Training;

/// <summary>A run that keeps several averages of its generator.</summary>
public sealed class AveragesTests
{
    private static readonly TrainingOptions Options = new() { Averages = [new PowerAverage(0.05), new PowerAverage(0.1), new HalfLifeAverage(2) { Name = "short" }] };
    private static readonly string[] Names = ["power 0.05", "power 0.1", "short"];

    [Fact]
    public void Each_is_the_average_of_the_weights_of_every_step_by_its_own_formula()
    {
        using var run = new SmallRun(Options);
        using var scope = NewDisposeScope();
        Tensor Weights() => cat([.. run.Generator.parameters().Select(parameter => parameter.detach().flatten())]).to(ScalarType.Float64);
        var (exponent, power, recent) = (new PowerAverage(0.1).Exponent, Weights(), Weights());
        for (var step = 1; step <= 8; step++)
        {
            _ = run.Trainer.Train(1).Single();
            power = power.lerp(Weights(), 1 - Math.Pow(1 - 1.0 / step, exponent + 1));
            recent = recent.lerp(Weights(), 1 - Math.Pow(0.5, SmallRun.BatchSize / Math.Min(2, 0.05 * step * SmallRun.BatchSize)));
        }

        using (run.Trainer.UseAverage("power 0.1"))
            (Weights() - power).abs().max().item<double>().Should().BeLessThan(1e-7);
        using (run.Trainer.UseAverage("short"))
            (Weights() - recent).abs().max().item<double>().Should().BeLessThan(1e-7);
    }

    [Fact]
    public void They_change_neither_training_nor_what_samples_and_reports_are_of()
    {
        using var run = new SmallRun(Options);
        using var plain = new SmallRun();
        _ = run.Trainer.Train(5).Last();
        _ = plain.Trainer.Train(5).Last();

        run.Weights().Should().Be(plain.Weights());
        using var scope = NewDisposeScope();
        run.Trainer.Sample(4).equal(plain.Trainer.Sample(4)).all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void One_is_in_the_generator_at_a_time_and_others_are_refused_by_name()
    {
        using var run = new SmallRun(Options);
        _ = run.Trainer.Train(3).Last();
        var trained = run.Weights();

        Names.Select(name => Fingerprint(run, name)).Append(Fingerprint(run, null)).Should().OnlyHaveUniqueItems();
        run.Trainer.Invoking(it => it.UseAverage("long")).Should().Throw<ArgumentException>().WithMessage("name must be that of one of the run's Averages ('power 0.05', 'power 0.1', 'short') but is 'long'*");
        using (run.Trainer.UseAverage("short"))
            run.Trainer.Invoking(it => it.UseAverage()).Should().Throw<InvalidOperationException>().WithMessage("The average 'short' is in DcganGenerator*");

        run.Weights().Should().Be(trained);
        run.Trainer.Train(1).Should().ContainSingle("the refusals have left the turn");
    }

    [Fact]
    public void An_interrupted_run_ends_with_the_averages_of_the_run_that_was_not()
    {
        using var folder = new TemporaryFolder();
        string[] Train(params int[] ends)
        {
            string[] result = [];
            foreach (var end in ends)
            {
                using var run = new SmallRun(Options);
                run.Trainer.ResumeIfAny(folder.File($"{ends.Length}"));
                _ = run.Trainer.TrainTo(end).WithCheckpoints(folder.File($"{ends.Length}")).Last();
                result = [.. Names.Select(name => Fingerprint(run, name)), run.Weights()];
            }
            return result;
        }

        var whole = Train(9);
        Train(2, 3, 9).Should().Equal(whole);

        using var other = new SmallRun(Options with { Averages = [new PowerAverage(0.06), .. Options.Averages.Skip(1)] });
        other.Trainer.Invoking(it => it.Resume(folder.File("1"))).Should().Throw<CheckpointException>().WithMessage("*Averages.0.RelativeWidth is 0.06 but was 0.05*");
        using var generator = SmallRun.NewGenerator();
        generator.LoadCheckpoint(folder.File("1"), averageName: "power 0.1");
        NetworkFingerprint.Compute(generator).Should().Be(whole[1]);
        generator.Invoking(it => it.LoadCheckpoint(folder.File("1"), averageName: "other")).Should().Throw<CheckpointException>().WithMessage("* has no average of the name 'other'*");
    }

    [Fact]
    public void A_VAE_s_decoder_has_them_too()
    {
        using var random = new TorchSharp.torch.Generator(1);
        using var images = rand([32, 1, 8, 8], ScalarType.Float32, generator: random);
        using var data = new InMemoryDataset(images);
        using var vae = new VariationalAutoencoder(new MlpEncoder(new ImageShape(1, 8, 8), 8, 2), new MlpGenerator(2, 8, new ImageShape(1, 8, 8)));
        using var trainer = new AutoencoderTrainer(vae, data, new() { BatchSize = 16, Averages = [new PowerAverage(0.1)] });
        _ = trainer.Train(3).Last();
        var trained = NetworkFingerprint.Compute(vae.Decoder);

        using (trainer.UseAverage("power 0.1"))
            NetworkFingerprint.Compute(vae.Decoder).Should().NotBe(trained);
        NetworkFingerprint.Compute(vae.Decoder).Should().Be(trained);
    }

    [Fact]
    public void They_cost_no_live_tensor_in_a_step()
    {
        using var run = new SmallRun(Options);
        _ = run.Trainer.Train(10).Every(10).Last();
        var before = LiveTensors.Settled();

        run.Trainer.Train(60).Every(20).Should().HaveCount(3);

        LiveTensors.Settled().Should().Be(before);
    }

    [Fact]
    public void Saved_averages_of_a_run_give_one_that_it_did_not_keep()
    {
        using var folder = new TemporaryFolder();
        using var run = new SmallRun(new() { Averages = [new PowerAverage(0.05), new PowerAverage(0.1), new PowerAverage(0.075) { Name = "kept" }] });
        run.Trainer.Invoking(it => it.SaveAverages(folder.FullName)).Should().Throw<InvalidOperationException>().WithMessage("SaveAverages needs at least one step*");
        foreach (var report in run.Trainer.Train(100).Every(10))
            foreach (var file in run.Trainer.SaveAverages(folder.FullName).Where(file => Path.GetFileName(file).StartsWith("kept", StringComparison.Ordinal)))
                File.Delete(file);
        using var scope = NewDisposeScope();
        Tensor Weights(string? name)
        {
            using var applied = name is null ? null : run.Trainer.UseAverage(name);
            return cat([.. run.Generator.parameters().Select(parameter => parameter.detach().flatten())]).to(ScalarType.Float64);
        }
        var (narrow, wide, kept) = (Weights("power 0.05"), Weights("power 0.1"), Weights("kept"));

        using var generator = SmallRun.NewGenerator();
        generator.LoadPostHocAverage(folder.FullName, 0.075).RelativeError.Should().BeLessThan(0.01);

        var made = cat([.. generator.parameters().Select(parameter => parameter.detach().flatten())]).to(ScalarType.Float64);
        // Of a path of a hundred steps, which is no continuous one.
        (made - kept).norm().item<double>().Should().BeLessThan(0.03 * (wide - narrow).norm().item<double>());
    }

    [Fact]
    public void A_run_without_power_averages_has_none_to_save()
    {
        using var folder = new TemporaryFolder();
        using var run = new SmallRun();
        _ = run.Trainer.Train(1).Last();

        run.Trainer.Invoking(it => it.SaveAverages(folder.FullName)).Should().Throw<InvalidOperationException>().WithMessage("SaveAverages needs a run that keeps a PowerAverage*");
        run.Trainer.Invoking(it => it.UseAverage("any")).Should().Throw<ArgumentException>().WithMessage("*(it has none) but is 'any'*");
    }

    [Fact]
    public void A_generator_that_is_disposed_while_its_average_is_in_force_is_named()
    {
        using var run = new SmallRun();
        _ = run.Trainer.Train(1).Last();
        var applied = run.Trainer.UseAverage();
        run.Generator.Dispose();

        applied.Invoking(it => it.Dispose()).Should().Throw<ObjectDisposedException>().WithMessage("DcganGenerator was disposed while its average was in force (UseAverage)*");
        run.Trainer.Invoking(it => it.UseAverage()).Should().Throw<ObjectDisposedException>().WithMessage("DcganGenerator has been disposed*");
    }

    [Fact]
    public void A_trainer_is_released_even_where_the_disposed_generator_can_not_get_its_weights_back()
    {
        var before = 0L;
        void Once()
        {
            using var run = new SmallRun();
            _ = run.Trainer.Train(1).Last();
            var outer = run.Trainer.UseAverage();
            var inner = run.Trainer.UseAverage();
            run.Generator.Dispose();
            run.Trainer.Invoking(it => it.Dispose()).Should().Throw<ObjectDisposedException>().WithMessage("DcganGenerator was disposed while*");
            run.Trainer.Invoking(it => it.Train(1)).Should().Throw<ObjectDisposedException>();
            (outer, inner).Should().NotBeNull();
        }
        void Properly()
        {
            using var run = new SmallRun();
            _ = run.Trainer.Train(1).Last();
        }

        before = LiveTensors.Grown(Properly);
        LiveTensors.Grown(Once).Should().Be(before);
    }

    [Fact]
    public void Options_with_averages_that_can_not_be_told_apart_are_refused()
    {
        FluentActions.Invoking(() => new SmallRun(new() { Averages = [new PowerAverage(0.1), new PowerAverage(0.1)] })).Should().Throw<ArgumentException>().WithMessage("*Averages must have a name each but 2 are 'power 0.1'.*");
    }

    private static string Fingerprint(SmallRun run, string? name)
    {
        using var applied = run.Trainer.UseAverage(name);
        return NetworkFingerprint.Compute(run.Generator);
    }
}
