using GanSharp.Metrics.Features;

namespace GanSharp.Onnx;

/// <summary>How an ONNX file is used as a feature extractor.</summary>
public sealed record OnnxFeaturesOptions
{
    /// <summary>Identifies the features. Null (the default) for the file's name without extension and the output's, such as "resnet50 pool".</summary>
    public string? Name { get; init; }

    /// <summary>The output to use. Null (the default) for the file's only one; with several it must be named.</summary>
    public string? Output { get; init; }

    /// <summary>What the network takes. Null (the default) for the shape that the file states and values in [0, 1].</summary>
    public ImagePreparation? Preparation { get; init; }

    /// <summary>Another ONNX file that the images pass first, such as one that subtracts a mean. Null (the default) for none.</summary>
    public string? Preprocessor { get; init; }

    /// <summary>Threads of one operator, at least 1. Null (the default) for those that torch uses.</summary>
    public int? Threads { get; init; }
}
