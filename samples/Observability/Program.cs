using System.CommandLine;
using GanSharp.Data.Distributions;
using GanSharp.Networks;
using GanSharp.Samples;
using GanSharp.Training;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using TorchSharp;

// What the library says of itself has one name.
const string Source = "GanSharp";

var steps = new Option<int>("--steps") { Description = "Generator steps.", DefaultValueFactory = _ => 600 }.AtLeast(2);
var command = new RootCommand("Trains on a ring of 8 Gaussians and shows what OpenTelemetry gets of it: logs, metrics and traces, by its console exporter.") { steps, SampleCommand.Seed };
return SampleCommand.Run(command, args, Train);

void Train(ParseResult options, CancellationToken cancellation)
{
    // For a collector in place of the console: AddOtlpExporter of the package OpenTelemetry.Exporter.OpenTelemetryProtocol.
    var service = ResourceBuilder.CreateDefault().AddService("gan-of-a-ring");
    using var traces = Sdk.CreateTracerProviderBuilder().SetResourceBuilder(service).AddSource(Source).AddConsoleExporter().Build();
    using var metrics = Sdk.CreateMeterProviderBuilder().SetResourceBuilder(service).AddMeter(Source).AddConsoleExporter().Build();
    using var logging = LoggerFactory.Create(builder => builder.AddOpenTelemetry(logs =>
    {
        logs.SetResourceBuilder(service);
        logs.IncludeFormattedMessage = true;
        logs.AddConsoleExporter();
    }));

    var seed = options.GetValue(SampleCommand.Seed);
    torch.manual_seed(seed);
    using var ring = Mixtures.Ring();
    using var generator = new MlpGenerator(latentSize: 2, width: 64, outputSize: 2);
    using var discriminator = new MlpDiscriminator(inputSize: 2, width: 64);
    var count = options.GetValue(steps);
    using var trainer = new GanTrainer(generator, discriminator, ring, TrainingOptions.RegularizedRelativistic(count, gamma: 0.3, learningRate: 1e-3) with
    {
        Seed = seed,
        Logger = logging.CreateLogger<GanTrainer>(),
    });
    StepReport? last = null;
    foreach (var report in trainer.TrainTo(count, cancellation).Every(Math.Max(1, count / 3)))
        last = report;

    // The metrics follow below, once, when their provider is disposed.
    if (last is not null)
        SampleCommand.Conclude(last);
}
