using static TorchSharp.torch;

namespace GanSharp.Objectives;

/// <summary>
/// WGAN (Arjovsky, Chintala, Bottou 2017): the critic maximizes E_pd[l] − E_pg[l], G minimizes −E_pg[l].
/// The critic must be Lipschitz, for example through a gradient penalty, a limit of its weights or spectral normalization; the loss alone doesn't ensure it.
/// </summary>
public sealed class Wasserstein : LogitObjective
{
    /// <inheritdoc/>
    public override string? RatioRefusal => "a Wasserstein critic's score has no zero and no scale that relate to ln p_d/p_g";

    /// <summary>True: without a bound of its slope a critic's loss has no minimum.</summary>
    public override bool RequiresLipschitz => true;

    /// <summary>l_fake − l_real.</summary>
    /// <inheritdoc/>
    public override Tensor DiscriminatorLoss(Tensor real, Tensor fake) => fake - real;

    /// <summary>−l_fake.</summary>
    /// <inheritdoc/>
    public override Tensor GeneratorLoss(Tensor fake, Tensor? real) => -fake;
}
