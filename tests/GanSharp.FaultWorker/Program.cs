using System.Globalization;
using GanSharp.FaultWorker;
using GanSharp.Reporting;
using GanSharp.Runtime;
using GanSharp.Training.Checkpointing;
using GanSharp.Training.Runs;
using TorchSharp;
// A real run to be killed: it goes on from where the folder's checkpoints stand, and at its end prints what it learned as a hash.

if (args is not [var folder, var steps, var everySteps, var width, .. var rest])
{
    Console.Error.WriteLine("GanSharp.FaultWorker <folder> <steps> <steps between checkpoints> <width> [continue | best | hold <step>]");
    return 2;
}
int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

// Stays in the middle of a step until a line comes in.
var isHeld = false;
void Hold(long stepsDone)
{
    if (isHeld || rest is not ["hold", var step] || stepsDone + 1 != Number(step))
        return;
    isHeld = true;
    Console.WriteLine($"in step {step}");
    Console.ReadLine();
}

torch.set_num_threads(1);
using var interruption = new ConsoleInterruption();
var isBestKept = rest is ["best"];
var options = EverythingRun.Options with { Metrics = isBestKept ? [new(new MeanDistance())] : [] };
using var run = new EverythingRun(Number(width), weightSeed: Environment.ProcessId, options, duringStep: Hold);
try
{
    // Another weight seed in every process: nothing of the result may come from what a resume replaces.
    if (run.Trainer.ResumeIfAny(folder) is { } resumed)
        Console.WriteLine(resumed);
    else
        run.Restart(weightSeed: 0);
    var checkpoints = new CheckpointOptions
    {
        EverySteps = Number(everySteps),
        KeepBest = isBestKept ? new MeanDistance().Name : null,
        OnWriteFailure = rest is ["continue"] ? WriteFailurePolicy.Continue : WriteFailurePolicy.Stop,
    };
    foreach (var report in run.Trainer.TrainTo(Number(steps), interruption.Token).WithCheckpoints(folder, checkpoints).Every(13))
        foreach (var warning in report.Warnings)
            Console.WriteLine($"warning: {warning}");
}
catch (Exception exception) when (exception is CheckpointException or TrainingFailedException)
{
    Console.Error.WriteLine(exception.Message);
    return 1;
}
if (interruption.Token.IsCancellationRequested)
{
    Console.WriteLine($"interrupted at {run.Trainer.Step}");
    return 130;
}
Console.WriteLine(ComputeState.InForce);
Console.WriteLine($"hash {run.Hash()}");
return 0;
