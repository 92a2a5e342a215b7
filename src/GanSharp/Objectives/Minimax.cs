using GanSharp.Divergences;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace GanSharp.Objectives;

/// <summary>
/// The two-player minimax game of Goodfellow et al. (2014). D maximizes E_pd[ln D] + E_z[ln(1 − D(G(z)))] (eq. 20);
/// G minimizes E_z[ln(1 − D(G(z)))] (eq. 21), which saturates where D wins: its gradient with respect to the logit is −D.
/// With l the logit, ln D = −softplus(−l) and ln(1 − D) = −softplus(l), finite for every finite logit.
/// </summary>
public sealed class Minimax : LogitObjective
{
    /// <inheritdoc/>
    public override RatioKind Ratio => RatioKind.Exact;

    /// <summary>softplus(−l_real) + softplus(l_fake), that is −V(D) per pair of samples.</summary>
    /// <inheritdoc/>
    public override Tensor DiscriminatorLoss(Tensor real, Tensor fake) => softplus(-real) + softplus(fake);

    /// <summary>−softplus(l_fake) = ln(1 − D(G(z))).</summary>
    /// <inheritdoc/>
    public override Tensor GeneratorLoss(Tensor fake, Tensor? real) => -softplus(fake);
}
