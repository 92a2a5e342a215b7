using System.CommandLine;
using GanSharp.Samples;

var which = new Argument<string>("data")
{
    Description = "line: one Gaussian on the line, where everything is known; ring: eight Gaussians on a circle; grid: 25 Gaussians.",
    DefaultValueFactory = _ => "line",
}.OneOf("line", "ring", "grid");
var steps = new Option<int>("--steps") { Description = "Generator steps.", DefaultValueFactory = _ => 6_000 }.AtLeast(2);
var output = SampleCommand.Output("gaussians");

var command = new RootCommand("Trains a GAN on data whose density is known, and holds what it estimates against the truth.")
{
    which, steps, SampleCommand.Seed, SampleCommand.Quiet, SampleCommand.Verbose, SampleCommand.Precision, output,
};
return SampleCommand.Run(command, args, (options, cancellation) =>
{
    var folder = SampleCommand.Prepare(options.GetRequiredValue(output));
    var seed = options.GetValue(SampleCommand.Seed);
    if (options.GetValue(which) == "line")
        LineExperiment.Run(options.GetValue(steps), seed, options.GetValue(SampleCommand.Precision), folder, cancellation);
    else
        PlaneExperiment.Run(options.GetValue(which) == "ring", options.GetValue(steps), seed, options.GetValue(SampleCommand.Precision), folder, cancellation);
});
