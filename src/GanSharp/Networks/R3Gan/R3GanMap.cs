namespace GanSharp.Networks.R3Gan;

/// <summary>A feature map.</summary>
/// <param name="Height">Rows.</param>
/// <param name="Columns">Columns.</param>
/// <param name="Channels">Channels.</param>
/// <param name="Groups">Groups of the 3 × 3 convolution.</param>
internal readonly record struct R3GanMap(int Height, int Columns, int Channels, int Groups)
{
    public override string ToString() => $"{Channels} × {Height} × {Columns}";
}
