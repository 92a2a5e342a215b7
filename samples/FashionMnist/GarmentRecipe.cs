using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.R3Gan;
using GanSharp.Networks.StyleGan;
using GanSharp.Recipes;
using GanSharp.Training;

namespace GanSharp.Samples;

/// <summary>Networks and options by the name that the command line knows them by.</summary>
/// <param name="CreateGenerator">Makes G.</param>
/// <param name="CreateDiscriminator">Makes D.</param>
/// <param name="Options">Game, penalties and optimizers.</param>
internal sealed record GarmentRecipe(Func<GeneratorNetwork> CreateGenerator, Func<DiscriminatorNetwork> CreateDiscriminator, TrainingOptions Options)
{
    public const string Default = "default";

    // Penalties in each step take most of its time, and half as many steps in that time give worse garments (docs/results.md).
    private const int PenaltyEverySteps = 8;

    public static string[] Names { get; } = [Default, "goodfellow2014", "dcgan", "wgan-gp", "sngan-hinge", "pacgan", "r3gan", "stylegan2"];

    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="image">Shape of the images.</param>
    /// <param name="classes">Number of classes; null for an unconditional GAN.</param>
    /// <param name="width">Channels of the networks' first stage; those of the papers are for GPUs.</param>
    /// <param name="steps">Steps of the run.</param>
    /// <param name="learningRate">Of the default recipe; the others have their paper's.</param>
    /// <param name="gamma">Likewise.</param>
    public static GarmentRecipe Named(string name, ImageShape image, int? classes, int width, long steps, double learningRate, double gamma)
    {
        Recipe recipe = name switch
        {
            Default => new Dcgan(image, classes) { LatentSize = 64, Width = width },
            "goodfellow2014" => new Goodfellow2014(image),
            "dcgan" => new Dcgan(image, classes) { Width = width },
            "wgan-gp" => new WganGp(image, classes) { Width = width },
            "sngan-hinge" => new SnganHinge(image, classes) { Width = width },
            "pacgan" => new PacGan(image) { Width = width },
            "r3gan" => new R3Gan(image, classes) { Network = new R3GanOptions { Width = width / 2 } },
            "stylegan2" => new StyleGan2(image, classes) { Network = new StyleGan2Options { Width = width / 2 } },
            _ => throw new ArgumentException($"--recipe must be one of {string.Join(", ", Names)} but is '{name}'."),
        };
        if (classes is not null && recipe.Classes is null)
            throw new ArgumentException($"--conditional needs a recipe with classes, but {name} has none.");
        return name == Default
            ? new(() => new DcganGenerator(image, latentSize: 64, width, classes: classes), recipe.CreateDiscriminator, TrainingOptions.RegularizedRelativistic(steps, gamma, learningRate, PenaltyEverySteps) with { BatchSize = 64 })
            : new(recipe.CreateGenerator, recipe.CreateDiscriminator, recipe.Options(steps));
    }
}
