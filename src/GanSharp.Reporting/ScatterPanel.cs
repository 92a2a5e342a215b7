using TorchSharp;

namespace GanSharp.Reporting;

/// <summary>One panel of a <see cref="ScatterPlot"/>.</summary>
/// <param name="Title">What the panel shows.</param>
/// <param name="Real">Samples of the data, shape [N, 2].</param>
/// <param name="Generated">Samples of the generator, shape [M, 2].</param>
public sealed record ScatterPanel(string Title, torch.Tensor Real, torch.Tensor Generated);
