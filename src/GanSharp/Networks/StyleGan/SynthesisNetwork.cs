using GanSharp.Networks.Resampling;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.StyleGan;

/// <summary>From the style w, and noise, to the image: a learned constant, styled layers, and at each of the sides a layer to colors, whose results add up.</summary>
internal sealed class SynthesisNetwork : Module<Tensor, Tensor?, Tensor>
{
    private readonly Parameter constant;
    private readonly ModuleList<StyledLayer> layers = [];
    private readonly ModuleList<ModulatedConv2d> colors = [];
    private readonly ModuleList<BilinearUpsampling> doublings = [];
    private readonly ParameterList biases = [];
    private readonly List<(int Height, int Width)> noiseShapes = [];

    internal IReadOnlyList<(int Height, int Width)> NoiseShapes => noiseShapes;

    internal int Levels => colors.Count;

    internal IReadOnlyList<Tensor> Biases => [.. biases];

    /// <param name="maps">Feature maps, the smallest first.</param>
    /// <param name="channels">Channels of the image.</param>
    /// <param name="styleSize">Values of w.</param>
    /// <param name="hasNoise">Whether layers add noise.</param>
    public SynthesisNetwork(IReadOnlyList<(int Height, int Width, int Channels)> maps, int channels, int styleSize, bool hasNoise)
        : base(nameof(SynthesisNetwork))
    {
        var from = maps[0];
        constant = Equalized.Weight([from.Channels, from.Height, from.Width]);
        foreach (var (level, map) in maps.Index())
        {
            void Add(ModulatedConv2d convolution)
            {
                layers.Add(new StyledLayer(convolution, map.Channels, hasNoise));
                if (hasNoise)
                    noiseShapes.Add((map.Height, map.Width));
            }
            if (level > 0)
            {
                Add(ModulatedConv2d.Doubling(from.Channels, map.Channels, styleSize, from.Height, from.Width));
                doublings.Add(new BilinearUpsampling(from.Height, from.Width));
            }
            Add(new ModulatedConv2d(map.Channels, map.Channels, 3, styleSize));
            colors.Add(new ModulatedConv2d(map.Channels, channels, 1, styleSize, demodulates: false));
            biases.Add(Equalized.Constant(channels, 0));
            from = map;
        }
        RegisterComponents();
    }

    /// <summary>Numbers that the noise of a sample takes.</summary>
    public int NoiseSize => noiseShapes.Sum(shape => shape.Height * shape.Width);

    /// <param name="styles">w, shape [N, styleSize].</param>
    /// <param name="noise">Shape [N, <see cref="NoiseSize"/>]; null where layers add none.</param>
    public override Tensor forward(Tensor styles, Tensor? noise)
    {
        var pieces = noise is null ? null : noise.split([.. noiseShapes.Select(shape => (long)(shape.Height * shape.Width))], 1);
        Tensor Layer(int index, Tensor features) =>
            layers[index].call(features, styles, pieces?[index].view(-1, 1, noiseShapes[index].Height, noiseShapes[index].Width));
        Tensor Colors(int level, Tensor features) => colors[level].call(features, styles) + biases[level].view(-1, 1, 1);
        var features = Layer(0, constant.expand(styles.size(0), -1, -1, -1));
        var image = Colors(0, features);
        for (var level = 1; level < colors.Count; level++)
        {
            features = Layer(2 * level, Layer(2 * level - 1, features));
            image = doublings[level - 1].call(image) + Colors(level, features);
        }
        return image;
    }
}
