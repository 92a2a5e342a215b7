using GanSharp.Communication;
using GanSharp.Tensors;
using static TorchSharp.torch;

namespace GanSharp.Objectives;

/// <summary>
/// Relativistic average GAN (Jolicoeur-Martineau 2019): every logit is judged by its distance from the batch's mean logit of the other kind. With m the means, D minimizes another game's
/// discriminator loss of l_real − m_fake and l_fake − m_real, and G the same loss with real and generated samples in each other's place. The default game gives RaSGAN;
/// <see cref="LeastSquares"/> with targets −1 and 1 gives RaLSGAN, <see cref="Hinge"/> RaHingeGAN.
/// </summary>
/// <remarks>With <c>MicroBatches</c> the means are those of each part; with several processes, those of all ranks.</remarks>
public sealed class RelativisticAverage : LogitObjective, IStateful
{
    /// <summary>Creates the objective.</summary>
    /// <param name="game">The game that is played with relative logits. Null (the default) for <see cref="GanObjective.NonSaturating"/>.</param>
    public RelativisticAverage(LogitObjective? game = null) => Game = game ?? NonSaturating;

    /// <summary>The game that is played with relative logits; only its discriminator loss is used.</summary>
    public LogitObjective Game { get; }

    /// <inheritdoc/>
    public override bool GeneratorNeedsReal => true;

    /// <inheritdoc/>
    public override bool RequiresLipschitz => Game.RequiresLipschitz;

    /// <inheritdoc/>
    public override string? RatioRefusal => "a logit that is compared with the mean of the other kind has another optimum than ln p_d/p_g, with or without a constant";

    /// <inheritdoc/>
    public IReadOnlyList<(string Name, Tensor Value)> State => InnerState.State(Game);

    /// <inheritdoc/>
    public double[] Scalars
    {
        get => InnerState.Scalars(Game);
        set => InnerState.SetScalars(Game, value);
    }

    /// <summary>softplus(m_fake − l_real) + softplus(l_fake − m_real), by default.</summary>
    /// <inheritdoc/>
    public override Tensor DiscriminatorLoss(Tensor real, Tensor fake)
    {
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(fake);
        return Game.DiscriminatorLoss(real - AcrossRanks.Mean(fake.mean()), fake - AcrossRanks.Mean(real.mean()));
    }

    /// <summary>softplus(m_real − l_fake) + softplus(l_real − m_fake), by default.</summary>
    /// <inheritdoc/>
    public override Tensor GeneratorLoss(Tensor fake, Tensor? real)
    {
        ArgumentNullException.ThrowIfNull(real);
        return DiscriminatorLoss(fake, real);
    }
}
