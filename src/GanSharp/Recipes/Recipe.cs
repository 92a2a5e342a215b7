using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Training;

namespace GanSharp.Recipes;

/// <summary>
/// Networks and options that belong together, under the name by which the field knows them. Each recipe is its paper's where its documentation doesn't say otherwise; sizes are
/// properties, because those of the papers are made for a GPU.
/// </summary>
/// <remarks>
/// <code>
/// var recipe = new R3Gan(new ImageShape(1, 28, 28));
/// using var generator = recipe.CreateGenerator();
/// using var discriminator = recipe.CreateDiscriminator();
/// using var trainer = new GanTrainer(generator, discriminator, images, recipe.Options(steps: 2_500));
/// </code>
/// </remarks>
public abstract class Recipe
{
    private protected Recipe(ImageShape image, int? classes)
    {
        image.ThrowIfUnsupported(nameof(image));
        if (classes is { } count)
            ArgumentOutOfRangeException.ThrowIfLessThan(count, 2, nameof(classes));
        (Image, Classes) = (image, classes);
    }

    /// <summary>Shape of the images.</summary>
    public ImageShape Image { get; }

    /// <summary>Number of classes that both networks are conditioned on; null for none.</summary>
    public int? Classes { get; }

    /// <summary>The paper, such as "Huang et al. 2024".</summary>
    public abstract string Source { get; }

    /// <summary>Makes G with new weights; call <c>torch.manual_seed</c> before for those of a seed.</summary>
    /// <returns>A float32 network on the CPU whose samples have shape [N, channels, height, width] of <see cref="Image"/>. The caller disposes it.</returns>
    public abstract GeneratorNetwork CreateGenerator();

    /// <summary>Makes D with new weights, as <see cref="CreateGenerator"/> makes G.</summary>
    /// <returns>A float32 network on the CPU that judges such samples. The caller disposes it.</returns>
    public abstract DiscriminatorNetwork CreateDiscriminator();

    /// <summary>The game, its penalties, optimizers and schedules.</summary>
    /// <param name="steps">Generator steps that the run will take, at least 2, which schedules follow.</param>
    /// <returns>Options of a run of that many steps; change what is yours with <c>with { Seed = 1 }</c>.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="steps"/> is below 2.</exception>
    public TrainingOptions Options(long steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 2);
        return OptionsOf(steps);
    }

    /// <summary>The options of a run of at least 2 steps.</summary>
    private protected abstract TrainingOptions OptionsOf(long steps);

    /// <summary>The recipe's name and its paper.</summary>
    public override string ToString() => $"{GetType().Name} ({Source})";
}
