using GanSharp.IO;
using GanSharp.Networks;

namespace GanSharp.Onnx;

/// <summary>Writes generators as ONNX files, which any ONNX runtime samples from without TorchSharp.</summary>
public static class OnnxExport
{
    /// <summary>
    /// Writes G(z) in evaluation mode as an ONNX file: inputs "latent" (float32, [batch, size of the prior]) and, of a conditional generator, "label" (int64, [batch]); output "samples" (float32,
    /// [batch, …]); any batch size; operator set 17. Drawing latents from the prior stays with the caller; the file's metadata names the prior.
    /// </summary>
    /// <remarks>
    /// <para>
    /// The weights are those that the generator has now. For a trainer's average, as <c>Sample</c> uses it: <c>using (trainer.UseAverage()) generator.ExportOnnx(path);</c>. Spectral norm, weight
    /// norm and equalized learning rates become plain weights.
    /// </para>
    /// <para>
    /// Before anything is written, the file's samples are compared with the network's for a few latents by ONNX Runtime. The network is left unchanged, and torch's random state too.
    /// </para>
    /// </remarks>
    /// <param name="generator">The generator, float32, on any device. It must not train meanwhile.</param>
    /// <param name="path">The file; its folder must exist. It is replaced as a whole or not at all.</param>
    /// <param name="options">How; the defaults where null.</param>
    /// <exception cref="OnnxExportException">A module has no rule, or a rule computes something else than its <c>forward</c>, or the weights don't fit into a file.</exception>
    /// <exception cref="ArgumentException">An option is invalid or doesn't fit the generator.</exception>
    /// <exception cref="NetworkException">The network isn't float32.</exception>
    /// <exception cref="IOException">The file can't be written.</exception>
    public static void ExportOnnx(this GeneratorNetwork generator, string path, OnnxExportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var model = GeneratorModel.Checked(generator, options ?? new());
        AtomicFile.Save(path, file => file.Write(model));
    }

    /// <param name="generator">The generator, float32, on any device. It must not train meanwhile.</param>
    /// <param name="stream">What to write to; it stays open.</param>
    /// <param name="options">How; the defaults where null.</param>
    /// <exception cref="OnnxExportException">A module has no rule, or a rule computes something else than its <c>forward</c>, or the weights don't fit into a file.</exception>
    /// <exception cref="ArgumentException">An option is invalid or doesn't fit the generator.</exception>
    /// <exception cref="NetworkException">The network isn't float32.</exception>
    /// <inheritdoc cref="ExportOnnx(GeneratorNetwork, string, OnnxExportOptions?)" path="/summary"/>
    /// <inheritdoc cref="ExportOnnx(GeneratorNetwork, string, OnnxExportOptions?)" path="/remarks"/>
    public static void ExportOnnx(this GeneratorNetwork generator, Stream stream, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(GeneratorModel.Checked(generator, options ?? new()));
    }
}
