using System.Globalization;
using System.Text;
using GanSharp.Reporting.Pictures;
using GanSharp.Reporting.Runs;
using Google.Protobuf;
using Tensorboard;

namespace GanSharp.Reporting.TensorBoard;

/// <summary>A report in the words of TensorBoard: scalars under tags as PyTorch's users write them, texts, and images.</summary>
internal static class Summaries
{
    public static IEnumerable<Summary.Types.Value> Scalars(ReportRecord record)
    {
        foreach (var (name, value) in record.Losses)
            yield return Scalar($"loss/{Tag(name == "loss" ? "total" : name)}", value);
        foreach (var (name, value) in record.Terms)
            yield return Scalar($"terms/{Tag(name)}", value);
        foreach (var (name, estimate) in record.Estimates)
            foreach (var part in WithBounds($"estimates/{Tag(name)}", estimate.Value, estimate.Lower, estimate.Upper))
                yield return part;
        foreach (var each in record.Classes)
            yield return Scalar(string.Create(CultureInfo.InvariantCulture, $"classes/{each.Label}_js_bound_nats"), each.JsBoundNats);
        foreach (var (name, metric) in record.Metrics)
        {
            foreach (var part in WithBounds($"metrics/{Tag(name)}", metric.Value, metric.Lower, metric.Upper))
                yield return part;
            if (metric.OfReal is { } real)
                yield return Scalar($"metrics/{Tag(name)}_of_real", real);
        }
        yield return Scalar("speed/samples_per_second", record.SamplesPerSecond);
    }

    /// <summary>The headline, and what the run's health and its warnings are, where there are such.</summary>
    public static IEnumerable<Summary.Types.Value> Texts(ReportRecord record)
    {
        if (record.Headline.Length > 0)
            yield return Text("report/headline", record.Headline);
        if (record.Findings.Count > 0)
            yield return Text("report/health", string.Join("\n\n", record.Findings.Select(finding => $"**{finding.Name}**: {finding.Evidence}. {finding.Advice}.")));
        string[] troubles = [.. record.Warnings.Concat(record.Failures).Distinct()];
        if (troubles.Length > 0)
            yield return Text("report/warnings", string.Join("\n\n", troubles));
    }

    public static Summary.Types.Value Image(string tag, ImageBytes images, int columns)
    {
        using var grid = images.ToGrid(columns, images.Scale);
        using var content = new MemoryStream();
        grid.Encode(content, SkiaSharp.SKEncodedImageFormat.Png, 100);
        return new Summary.Types.Value
        {
            Tag = tag,
            Image = new Summary.Types.Image { Width = grid.Width, Height = grid.Height, Colorspace = 4, EncodedImageString = ByteString.CopyFrom(content.GetBuffer(), 0, (int)content.Length) },
        };
    }

    /// <summary>A name as part of a tag: lower case, with underscores for what isn't a letter or a digit; a slash stays.</summary>
    private static string Tag(string name)
    {
        var tag = new StringBuilder();
        foreach (var character in name)
            if (char.IsLetterOrDigit(character) || character == '/')
                tag.Append(char.ToLowerInvariant(character));
            else if (tag.Length > 0 && tag[^1] is not ('_' or '/'))
                tag.Append('_');
        return tag.ToString().TrimEnd('_');
    }

    private static IEnumerable<Summary.Types.Value> WithBounds(string tag, double value, double? lower, double? upper)
    {
        yield return Scalar(tag, value);
        if (lower is { } low)
            yield return Scalar($"{tag}_lower", low);
        if (upper is { } high)
            yield return Scalar($"{tag}_upper", high);
    }

    private static Summary.Types.Value Scalar(string tag, double value) => new() { Tag = tag, SimpleValue = (float)value };

    private static Summary.Types.Value Text(string tag, string text) => new()
    {
        Tag = tag,
        Metadata = new SummaryMetadata { PluginData = new SummaryMetadata.Types.PluginData { PluginName = "text" } },
        Tensor = new TensorProto
        {
            Dtype = DataType.DtString,
            TensorShape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dim { Size = 1 } } },
            StringVal = { ByteString.CopyFromUtf8(text) },
        },
    };
}
