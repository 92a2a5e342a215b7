using GanSharp.Divergences;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace GanSharp.Objectives;

/// <summary>
/// D as in <see cref="Minimax"/>; G minimizes −E_z[ln D(G(z))], whose gradient with respect to the logit is −(1 − D): strong where D wins.
/// At D* it follows KL(p_g‖p_d) − 2 JSD(p_d‖p_g) (Arjovsky and Bottou 2017, theorem 2.5).
/// </summary>
public sealed class NonSaturating : LogitObjective
{
    /// <inheritdoc/>
    public override RatioKind Ratio => RatioKind.Exact;

    /// <summary>softplus(−l_real) + softplus(l_fake).</summary>
    /// <inheritdoc/>
    public override Tensor DiscriminatorLoss(Tensor real, Tensor fake) => softplus(-real) + softplus(fake);

    /// <summary>softplus(−l_fake) = −ln D(G(z)).</summary>
    /// <inheritdoc/>
    public override Tensor GeneratorLoss(Tensor fake, Tensor? real) => softplus(-fake);
}
