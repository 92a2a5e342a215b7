using GanSharp.Data;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Penalties;
using GanSharp.Randomness;
using GanSharp.Training.Runs;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace GanSharp.Training;

/// <summary>What each player minimizes in a round: the objective's terms and the penalties that are due, on samples that were augmented.</summary>
internal sealed class GameLosses(
    GeneratorNetwork generator, DiscriminatorNetwork discriminator, TrainingOptions options, bool joinsForward, bool addsValue, TermNames discriminatorTerms, TermNames generatorTerms)
{
    private readonly Device device = discriminator.Device();
    private readonly List<DiscriminatorOutput> observed = [];

    /// <summary>Real samples, and latents and labels for as many generated ones.</summary>
    public Round Round(Batch real, Generator random, long step, long position, bool isPlayedTwice)
    {
        real = new Batch(real.Samples.to(device, non_blocking: true), real.Labels?.to(device, non_blocking: true));
        var latents = OwnPart(generator.Prior.Sample(Total, random, device));
        if (options.GeneratorPenalties.Any(penalty => penalty.NeedsLatentGradient && penalty.IsDue(step)))
            latents.requires_grad_(true);
        return new Round(generator, real, latents, Labels(real, random), position, isPlayedTwice);
    }

    /// <summary>Samples of a step over all ranks. Each draws the latents of all and keeps its own, so that they are those of one process with a batch as large.</summary>
    private long Total => (long)options.BatchSize * options.Communicator.Size;

    /// <summary>D's losses (eq. 20).</summary>
    public LossMeans Discriminator(Round round, long step)
    {
        using var pass = Judge(round, step);
        using var context = new ObjectiveContext(pass.Real.Output, pass.Fake.Output, () => Random("objective of D", round)) { RealLabels = pass.Real.Labels, FakeLabels = pass.Fake.Labels, Latents = round.Latents, Step = step };
        var means = Means(options.Objective.DiscriminatorLoss(context));
        AddDue(means, options.DiscriminatorPenalties, discriminatorTerms, step, penalty => penalty.Evaluate(pass));
        Observe(pass.Real.Output, round);
        return new LossMeans(means, addsValue ? NegativeValue(pass) : null);
    }

    /// <summary>G's losses (eq. 21), with D's parameters held fixed.</summary>
    public LossMeans Generator(Round round, long step)
    {
        var real = options.Objective.GeneratorNeedsReal ? discriminator.call(Augmented(round.Real.Samples, round, step, "real samples of G's step"), round.Real.Labels) : null;
        var fake = discriminator.call(Augmented(round.Fake, round, step, "samples of G's step"), round.Labels);
        using var context = new ObjectiveContext(real, fake, () => Random("objective of G", round)) { RealLabels = round.Real.Labels, FakeLabels = round.Labels, Latents = round.Latents, Step = step };
        var means = Means(options.Objective.GeneratorLoss(context));
        using var pass = new GeneratorPass(generator, round.Latents, round.Fake, fake, round.Labels, step, () => Random("penalties of G", round)) { Part = round.Part };
        AddDue(means, options.GeneratorPenalties, generatorTerms, step, penalty => penalty.Evaluate(pass));
        return new LossMeans(means);
    }

    /// <summary>An augmentation that adapts is told once a step, whatever the parts.</summary>
    private void Observe(DiscriminatorOutput output, Round round)
    {
        if (options.Augmentation is not { } augmentation)
            return;
        var real = output.Detach();
        // Those before it are of a step that was refused.
        if (round.Part.Index == 0)
            observed.Clear();
        observed.Add(round.Part.Count == 1 ? real : real.Map(part => part.MoveToOuterDisposeScope()));
        if (observed.Count < round.Part.Count)
            return;
        augmentation.Observe(observed.Count == 1 ? real : DiscriminatorOutput.Concatenate(observed));
        observed.Clear();
    }

    private DiscriminatorPass Judge(Round round, long step)
    {
        static Tensor Leaf(Tensor samples, bool differentiable) => differentiable ? samples.detach().requires_grad_(true) : samples;
        var real = Leaf(round.Real.Samples, options.DiscriminatorPenalties.Any(penalty => penalty.NeedsRealGradient && penalty.IsDue(step)));
        var fake = Leaf(round.DetachedFake(), options.DiscriminatorPenalties.Any(penalty => penalty.NeedsFakeGradient && penalty.IsDue(step)));
        var (seenReal, seenFake) = (Augmented(real, round, step, "real samples"), Augmented(fake, round, step, "samples"));
        var (realOutput, fakeOutput) = joinsForward
            ? JointForward.Judge(discriminator, seenReal, seenFake, round.Real.Labels, round.Labels)
            : (discriminator.call(seenReal, round.Real.Labels), discriminator.call(seenFake, round.Labels));
        return new DiscriminatorPass(
            discriminator, new(real, realOutput, round.Real.Labels), new(fake, fakeOutput, round.Labels), step, () => Random("penalties of D", round))
        {
            Part = round.Part,
            Generator = generator,
            AugmentFake = options.Augmentation is null ? null : samples => Augmented(samples, round, step, "samples"),
            Latents = round.Latents.requires_grad ? round.Latents.detach() : round.Latents,
        };
    }

    private Tensor Augmented(Tensor samples, Round round, long step, string stream)
    {
        if (options.Augmentation is not { } augmentation)
            return samples;
        using var random = Random($"augmentation of {stream}", round);
        return augmentation.Apply(samples, random, step);
    }

    private Generator Random(string stream, Round round) => SeededRandom.Create(options.Seed, stream, round.Position, device);

    private Tensor OwnPart(Tensor all) => options.Communicator.Size == 1 ? all : all.narrow(0, (long)options.Communicator.Rank * options.BatchSize, options.BatchSize);

    private Tensor? Labels(Batch real, Generator random) => options.Labels == LabelSampler.OfData ? real.Labels
        : options.Labels.Sample(real.Labels, Total, random, device) is { } labels ? OwnPart(labels) : null;

    private static List<KeyValuePair<string, Tensor>> Means(LossTerms terms) => [.. terms.Select(term => new KeyValuePair<string, Tensor>(term.Key, term.Value.mean()))];

    /// <summary>Adds the means of the penalties that are due; one that is evaluated in some of the steps has the weight of all of them.</summary>
    private static void AddDue<TPenalty>(List<KeyValuePair<string, Tensor>> means, IReadOnlyList<TPenalty> penalties, TermNames names, long step, Func<TPenalty, Tensor> evaluate)
        where TPenalty : Penalty
    {
        for (var index = 0; index < penalties.Count; index++)
        {
            var penalty = penalties[index];
            if (!penalty.IsDue(step))
                continue;
            var mean = evaluate(penalty).mean();
            means.Add(new(names.OfPenalties[index], penalty.EverySteps == 1 ? mean : mean * penalty.EverySteps));
        }
    }

    private Tensor NegativeValue(DiscriminatorPass pass)
    {
        using var frozen = no_grad();
        var (real, fake) = (options.Objective.LogDensityRatio(pass.Real.Logits)!, options.Objective.LogDensityRatio(pass.Fake.Logits)!);
        return softplus(-real).mean() + softplus(fake).mean();
    }
}
