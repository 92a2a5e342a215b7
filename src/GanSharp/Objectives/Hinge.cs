using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace GanSharp.Objectives;

/// <summary>
/// The hinge game (Lim and Ye 2017; Miyato et al. 2018): D minimizes E_pd[max(0, 1 − l)] + E_pg[max(0, 1 + l)], G minimizes −E_pg[l].
/// The optimal score is +1 or −1, depending on which density is larger: it bounds the total variation, TV ≥ 1 − L_D/2, but doesn't give the size of the ratio.
/// </summary>
public sealed class Hinge : LogitObjective
{
    /// <inheritdoc/>
    public override string? RatioRefusal => "a hinge score says which density is larger, not by how much";

    /// <summary>max(0, 1 − l_real) + max(0, 1 + l_fake).</summary>
    /// <inheritdoc/>
    public override Tensor DiscriminatorLoss(Tensor real, Tensor fake) => relu(1 - real) + relu(1 + fake);

    /// <summary>−l_fake.</summary>
    /// <inheritdoc/>
    public override Tensor GeneratorLoss(Tensor fake, Tensor? real) => -fake;
}
