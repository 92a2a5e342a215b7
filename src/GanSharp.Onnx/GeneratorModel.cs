using System.Globalization;
using System.Reflection;
using GanSharp.Networks;
using GanSharp.Networks.StyleGan;
using GanSharp.Onnx.Format;
using GanSharp.Onnx.Rules;
using Google.Protobuf;
using static TorchSharp.torch;

namespace GanSharp.Onnx;

/// <summary>A generator as the bytes of an ONNX file.</summary>
internal static class GeneratorModel
{
    // Version 17 is the first with LayerNormalization, and what ONNX Runtime reads since 1.12 (2022).
    private const long IrVersion = 8, OperatorSet = 17;

    /// <summary>Writes the model and compares its samples with the network's.</summary>
    public static byte[] Checked(GeneratorNetwork generator, OnnxExportOptions options)
    {
        ArgumentNullException.ThrowIfNull(generator);
        options.ThrowIfInvalid();
        ThrowIfUnfit(generator, options);
        using var scope = NewDisposeScope();
        using var frozen = no_grad();
        var trial = Trial.Of(generator, options);
        var bytes = generator.Evaluating(() => Model(generator, options, trial.Samples.shape[1..])).ToByteArray();
        trial.Compare(bytes, options.Tolerance);
        return bytes;
    }

    private static void ThrowIfUnfit(GeneratorNetwork generator, OnnxExportOptions options)
    {
        if (options.Mixtures && !(generator.Classes is not null && generator.TakesMixtures))
            throw new ArgumentException($"Mixtures must be false, because {generator.GetType().Name} takes no mixtures of classes.", nameof(options));
        if (options.Truncation != 1 && generator is not StyleGan2Generator)
            throw new ArgumentException($"Truncation must be 1 for a {generator.GetType().Name}, which has none, but is {options.Truncation}.", nameof(options));
    }

    private static ModelProto Model(GeneratorNetwork generator, OnnxExportOptions options, long[] sampleShape)
    {
        var graph = new OnnxGraph(generator.GetType().Name);
        var latents = graph.Input("latent", isLabel: false, generator.Prior.Size);
        OnnxValue? labels = generator.Classes is not { } classes ? null
            : options.Mixtures ? graph.Input("mixture", isLabel: false, classes) : graph.Input("label", isLabel: true);
        var rules = KnownRules.With(options.Rules, options.Truncation);
        graph.Output(new OnnxScope(generator, "", graph, rules, labels, options.Mixtures).Write([latents]), "samples", sampleShape);
        var version = typeof(GeneratorModel).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";
        var model = new ModelProto { IrVersion = IrVersion, ProducerName = "GanSharp", ProducerVersion = version, Graph = graph.Content };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = OperatorSet });
        void Tell(string key, string value) => model.MetadataProps.Add(new StringStringEntryProto { Key = $"gansharp.{key}", Value = value });
        Tell("version", version);
        Tell("generator", generator.GetType().Name);
        Tell("prior", generator.Prior.Kind ?? $"custom {generator.Prior.GetType().Name}");
        Tell("latent_size", generator.Prior.Size.ToString(CultureInfo.InvariantCulture));
        if (generator.Classes is { } count)
            Tell("classes", count.ToString(CultureInfo.InvariantCulture));
        if (options.ValueRange is var (black, white))
            Tell("value_range", string.Create(CultureInfo.InvariantCulture, $"{black} {white}"));
        if (options.Truncation != 1)
            Tell("truncation", options.Truncation.ToString(CultureInfo.InvariantCulture));
        return model;
    }
}
