namespace GanProject;

/// <summary>What the command line says.</summary>
internal sealed record Settings(string Images, int Size, int Steps, int BatchSize, string Output, string Checkpoints)
{
    public const string Usage = """
        dotnet run -c Release -- [--images FOLDER] [--size 16|32|64] [--steps N] [--batch-size N] [--output FOLDER] [--checkpoints FOLDER]

          --images       folder of images to train on; without it, a ring of eight Gaussians
          --size         height and width to which images are scaled and cropped, in pixels
          --steps        steps of the generator
          --batch-size   real images, and as many generated ones, in a step
          --output       folder for report.html, pictures and the trained weights
          --checkpoints  folder from which the same command goes on after Ctrl-C
        """;

    /// <summary>Reads the command line.</summary>
    /// <exception cref="ArgumentException">It has an option that isn't known, or a value that isn't allowed.</exception>
    public static Settings Parse(string[] arguments)
    {
        var values = new Dictionary<string, string>
        {
            ["--images"] = @"IMAGES_FOLDER", ["--size"] = "IMAGE_SIZE", ["--steps"] = "5000", ["--batch-size"] = "64", ["--output"] = "output", ["--checkpoints"] = "checkpoints",
        };
        for (var index = 0; index < arguments.Length; index += 2)
        {
            if (!values.ContainsKey(arguments[index]))
                throw new ArgumentException($"There is no option {arguments[index]}.");
            values[arguments[index]] = index + 1 < arguments.Length ? arguments[index + 1] : throw new ArgumentException($"{arguments[index]} needs a value.");
        }
        var size = Number(values, "--size", 16);
        return new(values["--images"], size is 16 or 32 or 64 ? size : throw new ArgumentException($"--size must be 16, 32 or 64 but is {size}."),
            Number(values, "--steps", 2), Number(values, "--batch-size", 2), values["--output"], values["--checkpoints"]);
    }

    private static int Number(Dictionary<string, string> values, string name, int smallest) =>
        int.TryParse(values[name], out var number) && number >= smallest ? number : throw new ArgumentException($"{name} must be a number of at least {smallest} but is '{values[name]}'.");
}
