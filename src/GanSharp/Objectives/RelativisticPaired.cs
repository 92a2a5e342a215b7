using GanSharp.Divergences;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace GanSharp.Objectives;

/// <summary>
/// RpGAN: D minimizes E softplus(l_fake − l_real), G minimizes E softplus(l_real − l_fake) (Jolicoeur-Martineau 2019; R3GAN, Huang et al. 2024).
/// Adding a constant to every logit changes nothing, so the optimal logit is ln p_d/p_g up to a constant.
/// </summary>
public sealed class RelativisticPaired : LogitObjective
{
    /// <inheritdoc/>
    public override RatioKind Ratio => RatioKind.UpToConstant;

    /// <inheritdoc/>
    public override bool GeneratorNeedsReal => true;

    /// <summary>softplus(l_fake − l_real).</summary>
    /// <inheritdoc/>
    public override Tensor DiscriminatorLoss(Tensor real, Tensor fake) => softplus(fake - real);

    /// <summary>softplus(l_real − l_fake).</summary>
    /// <inheritdoc/>
    public override Tensor GeneratorLoss(Tensor fake, Tensor? real)
    {
        ArgumentNullException.ThrowIfNull(real);
        return softplus(real - fake);
    }
}
