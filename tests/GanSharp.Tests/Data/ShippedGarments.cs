using GanSharp.Data;
using GanSharp.Data.Images;

namespace GanSharp.Tests.Data;

/// <summary>The garments of the main sample: 10,000 to train on and 2,000 held out.</summary>
internal static class ShippedGarments
{
    public static InMemoryDataset Load() => FashionMnist.Load(Path.Combine(Repository.Root, "samples", "FashionMnist", "data"));
}
