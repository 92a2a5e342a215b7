using GanSharp.Data;
using GanSharp.Data.Distributions;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Penalties;
using GanSharp.Training;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Misuse;

/// <summary>A generator of points in the plane (or of what the function makes of them) with a function for a body.</summary>
internal sealed class LambdaGenerator : GeneratorNetwork
{
    private readonly Module<Tensor, Tensor> layer = Linear(2, 2);
    private readonly Func<Module<Tensor, Tensor>, Tensor, Tensor?, Tensor> body;

    public LambdaGenerator(Func<Module<Tensor, Tensor>, Tensor, Tensor?, Tensor>? body = null, int? classes = null)
        : base(nameof(LambdaGenerator), LatentPrior.Normal(2))
    {
        this.body = body ?? ((layer, latents, _) => layer.call(latents));
        Classes = classes;
        RegisterComponents();
    }

    public override int? Classes { get; }

    public override Tensor forward(Tensor latents, Tensor? labels) => body(layer, latents, labels);
}

/// <summary>A discriminator of points in the plane with a function for a body.</summary>
internal sealed class LambdaDiscriminator : DiscriminatorNetwork
{
    private readonly Module<Tensor, Tensor> layer = Sequential(Linear(2, 4), LeakyReLU(0.2), Linear(4, 1));
    private readonly Func<Module<Tensor, Tensor>, Tensor, Tensor?, Tensor> body;

    public LambdaDiscriminator(Func<Module<Tensor, Tensor>, Tensor, Tensor?, Tensor>? body = null, int? classes = null)
        : base(nameof(LambdaDiscriminator))
    {
        this.body = body ?? ((layer, samples, _) => layer.call(samples).squeeze(1));
        Classes = classes;
        RegisterComponents();
    }

    public override int? Classes { get; }

    public override DiscriminatorOutput forward(Tensor samples, Tensor? labels) => body(layer, samples, labels);
}

internal sealed class LambdaObjective(Func<Tensor, Tensor, Tensor>? discriminator = null, Func<Tensor, Tensor?, Tensor>? generator = null) : LogitObjective
{
    public override Tensor DiscriminatorLoss(Tensor real, Tensor fake) => (discriminator ?? Minimax.DiscriminatorLoss)(real, fake);

    public override Tensor GeneratorLoss(Tensor fake, Tensor? real) => (generator ?? Minimax.GeneratorLoss)(fake, real);
}

internal sealed class LambdaPenalty(Func<LambdaPenalty, DiscriminatorPass, Tensor> evaluate, bool needsReal = false, bool needsFake = false) : DiscriminatorPenalty
{
    public override bool NeedsRealGradient => needsReal;

    public override bool NeedsFakeGradient => needsFake;

    public override Tensor Evaluate(DiscriminatorPass pass) => evaluate(this, pass);

    public Tensor Gradient(JudgedSamples judged) => InputGradient(judged);

    public new Tensor Gradient(Tensor logits, Tensor samples) => InputGradient(logits, samples);
}

internal sealed class LambdaDataset(Func<long, int, Batch> draw, Dataset? heldOut = null, params long[] sampleShape) : Dataset("lambda", sampleShape is [] ? [2] : sampleShape)
{
    public override long? Count => null;

    public override Dataset? HeldOut => heldOut;

    public override Batch Draw(long seed, long position, int count) => draw(position, count);

    protected override void Dispose(bool disposing)
    {
    }
}

internal static class Making
{
    /// <summary>Makes a trainer of the ring and two small networks where nothing else is given.</summary>
    public static Action Trainer(GeneratorNetwork? generator = null, DiscriminatorNetwork? discriminator = null, Dataset? data = null, TrainingOptions? options = null) => () =>
    {
        using var ring = Mixtures.Ring();
        using var trainer = new GanTrainer(generator ?? new LambdaGenerator(), discriminator ?? new LambdaDiscriminator(), data ?? ring, options);
    };
}
