using GanSharp.Reporting.Pictures;
using ScottPlot;

namespace GanSharp.Reporting.Runs.Writing;

/// <summary>A picture of samples that are numbers already: the thread that draws it doesn't compute with torch.</summary>
internal abstract record RunPicture
{
    public abstract void Write(Stream stream);
}

/// <summary>A grid of images.</summary>
internal sealed record ImagePicture(ImageBytes Images, int Columns) : RunPicture
{
    public override void Write(Stream stream) => ImageGrid.Write([("", Images, Columns)], stream);
}

/// <summary>Points of the plane.</summary>
internal sealed record PointPicture(string Title, Coordinates[] Real, Coordinates[] Generated) : RunPicture
{
    public override void Write(Stream stream) => ScatterPlot.Write([(Title, Real, Generated)], stream);
}
