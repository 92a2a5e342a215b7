using GanSharp.Networks.Resampling;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Networks.R3Gan;

/// <summary>The layers of both networks, with the names that their weights have in files.</summary>
internal static class R3GanLayers
{
    /// <summary>The blocks of one map.</summary>
    public static IEnumerable<(string Name, Module<Tensor, Tensor> Layer)> Blocks(R3GanMap map, R3GanOptions options, int maps) =>
        Enumerable.Range(1, options.BlocksPerMap).Select(block => (
            $"block{map.Height}x{map.Columns}_{block}",
            (Module<Tensor, Tensor>)new R3GanBlock(map.Channels, map.Groups, options.BlocksPerMap * maps, options.Expansion)));

    /// <summary>From one map to the next larger; channels change before, where there are fewer values.</summary>
    public static IEnumerable<(string Name, Module<Tensor, Tensor> Layer)> Doubling(R3GanMap from, R3GanMap to) =>
        [.. Change(from, to), ($"up{to.Height}x{to.Columns}", new BilinearUpsampling(from.Height, from.Columns))];

    /// <summary>From one map to the next smaller; channels change after, where there are fewer values.</summary>
    public static IEnumerable<(string Name, Module<Tensor, Tensor> Layer)> Halving(R3GanMap from, R3GanMap to) =>
        [($"down{to.Height}x{to.Columns}", new BilinearDownsampling(from.Height, from.Columns)), .. Change(from, to)];

    private static IEnumerable<(string Name, Module<Tensor, Tensor> Layer)> Change(R3GanMap from, R3GanMap to) =>
        from.Channels == to.Channels ? [] : [($"change{to.Height}x{to.Columns}", Conv2d(from.Channels, to.Channels, 1, bias: false).Scaled())];
}
