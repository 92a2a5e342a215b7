using GanSharp.Networks;
using GanSharp.Networks.Constraints;

namespace GanSharp.Training.Checks;

/// <summary>Looks for what bounds D's slope where the objective needs it.</summary>
internal static class LipschitzCheck
{
    /// <summary>One sentence where nothing does.</summary>
    public static IEnumerable<string> Warnings(DiscriminatorNetwork discriminator, TrialSettings settings)
    {
        if (!settings.Objective.RequiresLipschitz || settings.DiscriminatorPenalties.Count > 0 || settings.DiscriminatorWeightLimit is not null
            || discriminator.modules().Prepend(discriminator).Any(module => module is ILipschitzConstraint))
            return [];
        return [$"{settings.Objective} needs a Lipschitz D, but nothing bounds the slope of {discriminator.GetType().Name}, so its loss has no minimum: add a gradient penalty to DiscriminatorPenalties, set DiscriminatorWeightLimit, or normalize its layers spectrally"];
    }
}
