using System.CommandLine;
using System.Globalization;
using GanSharp.Benchmarks.Distributed;
using GanSharp.Benchmarks.Feeding;
using GanSharp.Benchmarks.Fidelity;
using GanSharp.Benchmarks.Iterations;
using GanSharp.Benchmarks.Micro;
using GanSharp.Benchmarks.Pace;
using GanSharp.Benchmarks.Published;
using GanSharp.Benchmarks.Results;
using GanSharp.Benchmarks.Scaling;
using GanSharp.Data;
using GanSharp.Data.Images;
using GanSharp.Metrics.Features;
using TorchSharp;

namespace GanSharp.Benchmarks;

/// <summary>The command line. What it doesn't know goes to BenchmarkDotNet.</summary>
internal static class BenchmarkCommand
{
    private static readonly Option<double> Seconds = new("--seconds") { Description = "Time for each measurement.", DefaultValueFactory = _ => 2 };

    private static readonly Option<bool> ProcessorTime = new("--processor-time") { Description = "Ratios, shares and exponents by processor time: for a busy machine, with OMP_NUM_THREADS=1." };

    private static readonly Option<FileInfo?> Document = new("--write") { Description = "Markdown file whose section the result replaces, such as docs/performance.md." };

    private static RootCommand Root { get; } = new("""
        GanSharp's benchmarks. Run them in Release on a quiet machine.
        Other options go to BenchmarkDotNet: --filter '*' runs the micro-benchmarks.
        """)
    {
        IterationsCommand(), ScalingCommand(), DiagnosticsCosts(), MemoryCommand(), FeedCommand(), FeedOnceCommand(), CheckpointCommand(), GuardCommand(), ReportingCommand(), ServingCommand(), FuzzingCommand(), InteropCommands(),
        Measure(), LimitsCommand(), AgreementCommand(), Coverages(), HashesCommands(), GarmentClassifierCommand(), DigitClassifierCommand(), MetricsCommand(), MetricsOnceCommand(), ResultsCommand(), RecipesCommand(), PublishedCommand(), RecipesPaceCommand(), RecipePaceCommand(),
        MpiScalingCommand(), MpiPaceCommand(), AllReduceCommand(), ScalingModelCommand(),
    };

    public static bool Knows(string name) => name is "--help" or "-h" or "-?" || Root.Subcommands.Any(command => command.Name == name);

    public static int Run(string[] arguments) => Root.Parse(arguments is [] ? ["--help"] : arguments).Invoke();

    private static Command DiagnosticsCosts()
    {
        var command = new Command("diagnostics-cost", "What one report costs, as a share of the training between two reports.");
        command.SetAction(_ => DiagnosticsCost.Print());
        return command;
    }

    private static Command ServingCommand()
    {
        var parallel = new Option<int>("--parallel") { Description = "Requests at once.", DefaultValueFactory = _ => 1_000 };
        var width = new Option<int>("--width") { Description = "Channels of the DCGAN's first stage.", DefaultValueFactory = _ => 32 };
        var threads = new Option<int>("--threads") { Description = "Processors for one request.", DefaultValueFactory = _ => 1 };
        var command = new Command("serve", "What samples/Serve takes for 64 samples of 28 × 28, and whether it answers many requests at once.") { parallel, width, threads };
        command.SetAction((parsed, _) => ServeCost.Print(parsed.GetValue(parallel), parsed.GetValue(width), parsed.GetValue(threads)));
        return command;
    }

    private static Command Coverages()
    {
        var repeats = new Option<int>("--repeats") { Description = "Repeats of each pair.", DefaultValueFactory = _ => 500 };
        var samples = new Option<int>("--samples") { Description = "Samples of each side.", DefaultValueFactory = _ => 2_000 };
        var command = new Command("coverage", "How often the diagnostics give an interval at a true ratio, and how often it holds the truth.") { repeats, samples, Document };
        command.SetAction(parsed => Write(parsed, "coverage", CoverageCommand.Measure(parsed.GetValue(repeats), parsed.GetValue(samples))));
        return command;
    }

    private static Command GarmentClassifierCommand() => ClassifierCommand("garment", "Fashion-MNIST", folder => FashionMnist.Load(folder), () => new GarmentClassifier());

    private static Command DigitClassifierCommand() => ClassifierCommand("digit", "MNIST", folder => Mnist.Load(folder), () => new DigitClassifier());

    private static Command ClassifierCommand(string kind, string images, Func<string?, InMemoryDataset> load, Func<SmallImageClassifier> make)
    {
        var epochs = new Argument<int>("epochs") { DefaultValueFactory = _ => 16 };
        var folder = new Option<DirectoryInfo?>("--data") { Description = $"Folder with the four IDX files of {images}; found or downloaded where none is given." };
        var command = new Command($"{kind}-classifier", $"Trains the {kind} classifier of the package's features on {images} and writes its weights.") { epochs, folder };
        command.SetAction(options =>
        {
            using var data = load(options.GetValue(folder)?.FullName);
            torch.manual_seed(0);
            using var classifier = make();
            ClassifierTraining.Run(classifier, data, options.GetValue(epochs), $"{kind}-classifier.safetensors");
        });
        return command;
    }

    private static Command MetricsCommand()
    {
        var command = new Command("metrics", "Metrics of features at the sizes of publications, beside SciPy and scikit-learn: time, memory, agreement.") { Document };
        command.SetAction(parsed => Write(parsed, "metrics", FidelityRun.Measure()));
        return command;
    }

    private static Command MetricsOnceCommand()
    {
        var (metric, real, fake) = (new Argument<string>("metric"), new Argument<FileInfo>("real"), new Argument<FileInfo>("fake"));
        var command = new Command("metrics-once", "One metric of two .npy files of features in this process; prints JSON.") { metric, real, fake };
        command.SetAction(parsed => Console.WriteLine(
            FidelityMeasurement.Take(parsed.GetRequiredValue(metric), parsed.GetRequiredValue(real).FullName, parsed.GetRequiredValue(fake).FullName).Write()));
        return command;
    }

    private static Command ResultsCommand() => ResultsCommand("results", "A VAE and several GANs with the same generator on the same garments for the same time, by all metrics.", Contestant.OfOneGenerator);

    private static Command RecipesCommand() => ResultsCommand("recipes", "The library's recipes on the same garments for the same time, by all metrics.", RecipeContestants.All);

    private static Command ResultsCommand(string name, string description, IReadOnlyList<Contestant> contestants)
    {
        var seeds = new Option<int>("--seeds") { Description = "Seeds of each model.", DefaultValueFactory = _ => 5 };
        var seconds = new Option<double>("--training-seconds") { Description = "What a recipe's steps must fit into, on this machine; the steps of results are fixed.", DefaultValueFactory = _ => 48 };
        var folder = new Option<DirectoryInfo>("--folder") { Description = "Keeps what was measured; what is there is not measured again.", DefaultValueFactory = _ => new DirectoryInfo($"output/{name}") };
        var picture = new Option<FileInfo>("--picture") { Description = "PNG to draw.", DefaultValueFactory = _ => new FileInfo(Path.Combine(RepositoryFile.Root, "docs", "images", $"{name}.png")) };
        var only = new Option<string[]>("--only") { Description = "Names of models; all where none is given.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        only.AcceptOnlyFromAmong([.. contestants.Select(contestant => contestant.Name)]);
        var command = new Command(name, description) { seeds, seconds, folder, picture, only, Document };
        IReadOnlyList<Contestant> Chosen(string[] names) => names is [] ? contestants : [.. contestants.Where(contestant => names.Contains(contestant.Name))];
        command.SetAction(parsed => Write(
            parsed, name, ResultsRun.Measure(Chosen(parsed.GetRequiredValue(only)), parsed.GetValue(seconds), contestants == RecipeContestants.All, parsed.GetValue(seeds), parsed.GetRequiredValue(folder).FullName, parsed.GetRequiredValue(picture).FullName)));
        return command;
    }

    private static Command PublishedCommand()
    {
        var name = new Argument<string>("experiment");
        var seeds = new Option<int>("--seeds") { Description = "Seeds of each row.", DefaultValueFactory = _ => 5 };
        var mnist = new Option<DirectoryInfo?>("--mnist") { Description = "Folder with the four IDX files of MNIST; found or downloaded where none is given." };
        var folder = new Option<DirectoryInfo>("--folder") { Description = "Keeps what was measured; what is there is not measured again.", DefaultValueFactory = _ => new DirectoryInfo("output/published") };
        var command = new Command("published", "An experiment of a paper in a size for two cores, beside what the paper got.") { name, seeds, mnist, folder, Document };
        Func<string?, Experiment>[] all = [_ => PointExperiment.Ring, _ => PointExperiment.Grid, StackedExperiment.Of, StackedExperiment.OfResidualNetworks, _ => GarmentExperiments.Conditional, _ => GarmentExperiments.LowData, ParzenExperiment.Of];
        name.AcceptOnlyFromAmong([.. all.Select(make => make(null).Name)]);
        command.SetAction(parsed =>
        {
            var experiment = all.Select(make => make(parsed.GetValue(mnist)?.FullName)).Single(experiment => experiment.Name == parsed.GetRequiredValue(name));
            Write(parsed, experiment.Name, PublishedRun.Measure(experiment, parsed.GetValue(seeds), Path.Combine(parsed.GetRequiredValue(folder).FullName, experiment.Name)));
        });
        return command;
    }

    private static Command RecipesPaceCommand()
    {
        var repeats = new Option<int>("--repeats") { Description = "Pairs of each recipe.", DefaultValueFactory = _ => 5 };
        var names = new Option<string[]>("--recipe") { Description = "Recipes; all where none is named.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        var command = new Command("recipes-pace", "A step of each recipe against PyTorch's of the same work, each measurement in a process of its own.") { repeats, names, Seconds, ProcessorTime, Document };
        command.SetAction(parsed =>
        {
            var chosen = parsed.GetRequiredValue(names).Select(RecipePace.Named).ToArray();
            Write(parsed, "recipes-pace", RecipePaceRun.Measure(chosen is [] ? RecipeContestants.Recipes : chosen, parsed.GetValue(repeats), parsed.GetValue(Seconds), parsed.GetValue(ProcessorTime)));
        });
        return command;
    }

    private static Command RecipePaceCommand()
    {
        var name = new Argument<string>("recipe");
        var command = new Command("recipe-pace", "A step of one recipe in this process; prints JSON.") { name, Seconds };
        command.SetAction(parsed => Console.WriteLine(RecipePace.Take(RecipePace.Named(parsed.GetRequiredValue(name)), parsed.GetValue(Seconds)).Write()));
        return command;
    }

    private static Command HashesCommands()
    {
        var command = new Command("hashes", "Fingerprints of seeded runs, to compare with those of another commit on the same machine and with as many threads.");
        command.SetAction(_ => HashesCommand.Print());
        return command;
    }

    private static Command MemoryCommand()
    {
        var command = new Command("memory", "Live tensors and resident memory over 10,000 steps.");
        command.SetAction(_ => MemoryRun.Print());
        return command;
    }

    private static Command FeedCommand()
    {
        var images = new Option<int>("--images") { Description = "PNG files in each folder.", DefaultValueFactory = _ => 10_000 };
        var command = new Command("data-feed", "Folders of PNG files: how fast they are decoded, how long a trainer waits for them, and how much memory they take.") { images, Seconds, Document };
        command.SetAction(parsed => Write(parsed, "data-feed", FeedRun.Measure(parsed.GetValue(images), parsed.GetValue(Seconds))));
        return command;
    }

    private static Command FeedOnceCommand()
    {
        var (source, folder, side) = (new Argument<FeedSource>("source"), new Argument<DirectoryInfo>("folder"), new Argument<int>("side"));
        var command = new Command("feed", "One source of images of one folder in this process; prints JSON.") { source, folder, side, Seconds };
        command.SetAction(parsed => Console.WriteLine(
            FeedMeasurement.Take(parsed.GetRequiredValue(source), parsed.GetRequiredValue(folder).FullName, parsed.GetRequiredValue(side), parsed.GetValue(Seconds)).Write()));
        return command;
    }

    private static Command CheckpointCommand()
    {
        var folder = new Argument<DirectoryInfo>("folder") { Description = "On the disk to measure.", DefaultValueFactory = _ => new DirectoryInfo(Path.GetTempPath()) };
        var command = new Command("checkpoint-cost", "How long a checkpoint holds training up and how fast it is written, beside dd.") { folder };
        command.SetAction(parsed => CheckpointCost.Print(parsed.GetRequiredValue(folder).FullName));
        return command;
    }

    private static Command GuardCommand()
    {
        var command = new Command("guard-cost", "What looking for NaN in every step adds to it.");
        command.SetAction(_ => GuardCost.Print());
        return command;
    }

    private static Command ReportingCommand()
    {
        var pairs = new Option<int>("--pairs") { Description = "Pairs of blocks.", DefaultValueFactory = _ => 12 };
        var command = new Command("reporting-cost", "What the console, a run's folder and its live page add to the time of a run, at their defaults.") { pairs };
        command.SetAction(parsed => ReportingCost.Print(parsed.GetValue(pairs)));
        return command;
    }

    private static Command FuzzingCommand()
    {
        var numbers = new Argument<string[]>("inputs and seed") { Arity = new ArgumentArity(0, 2) };
        var command = new Command("fuzz", "Mutated files into every reader of untrusted files; 120,000 inputs by default.") { numbers };
        command.SetAction(parsed => FuzzCommand.Run(parsed.GetValue(numbers) ?? []));
        return command;
    }

    private static Command InteropCommands()
    {
        var (action, folder, size) = (new Argument<string>("write or compare"), new Argument<string>("folder"), new Argument<string>("size"));
        var command = new Command("interop", "Weights to PyTorch and back; tests/peers/interop_check.py calls it.") { action, folder, size };
        command.SetAction(parsed => InteropCommand.Run(parsed.GetRequiredValue(action), parsed.GetRequiredValue(folder), parsed.GetRequiredValue(size)));
        return command;
    }

    private static Command IterationsCommand()
    {
        var repeats = new Option<int>("--repeats") { Description = "Paired repeats.", DefaultValueFactory = _ => 7 };
        var names = new Option<string[]>("--workload") { Description = "Workloads; all where none is named.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        var command = new Command("iterations", "Whole iterations against naive TorchSharp and PyTorch, each measurement in a process of its own.") { repeats, names, Seconds, ProcessorTime, Document };
        command.SetAction(parsed =>
        {
            Workload[] chosen = [.. parsed.GetRequiredValue(names).Select(Workload.Named)];
            Write(parsed, "iterations", IterationsRun.Measure(chosen is [] ? Workload.All : chosen, parsed.GetValue(repeats), parsed.GetValue(Seconds), parsed.GetValue(ProcessorTime)));
        });
        return command;
    }

    private static Command ScalingCommand()
    {
        var picture = new Option<FileInfo>("--picture") { Description = "PNG to draw.", DefaultValueFactory = _ => new FileInfo(Path.Combine(RepositoryFile.Root, "docs", "images", "scaling.png")) };
        var axes = new Option<string[]>("--axis") { Description = "What to vary; everything where none is named.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [] };
        axes.AcceptOnlyFromAmong([.. ScalingSeries.All.Select(series => series.Axis).Distinct()]);
        var command = new Command("scaling", "Time against batch size, width, image side and rows of data, all tuning on.") { axes, Seconds, ProcessorTime, picture, Document };
        command.SetAction(parsed => Write(parsed, "scaling", ScalingRun.Measure(parsed.GetRequiredValue(axes), parsed.GetValue(Seconds), parsed.GetValue(ProcessorTime), parsed.GetRequiredValue(picture).FullName)));
        return command;
    }

    private static Command MpiScalingCommand()
    {
        var launcher = new Option<string>("--launcher") { Description = "The mpirun to use.", DefaultValueFactory = _ => "mpirun.openmpi" };
        var workload = new Option<string>("--workload") { Description = "What each rank trains.", DefaultValueFactory = _ => "DCGAN 28" };
        var rounds = new Option<int>("--rounds") { Description = "Rounds of one rank, a step each; two ranks take a quarter as many, four steps each.", DefaultValueFactory = _ => 200 };
        var command = new Command("scaling-mpi", "One process against one rank and two ranks of one thread each, in turns, and the time of all-reduces by size.") { launcher, workload, rounds, Seconds, Document };
        command.SetAction(parsed => Write(parsed, "scaling-mpi", MpiScalingRun.Measure(
            parsed.GetRequiredValue(launcher), parsed.GetRequiredValue(workload), parsed.GetValue(rounds), parsed.GetValue(Seconds))));
        return command;
    }

    private static Command MpiPaceCommand()
    {
        var workload = new Argument<string>("workload");
        var rounds = new Option<int>("--rounds") { Required = true };
        var steps = new Option<int>("--steps") { Description = "Steps of each turn.", Required = true };
        var command = new Command("mpi-pace", "One rank of a workload in this process, which an mpirun started; rank 0 prints JSON.") { workload, rounds, steps };
        command.SetAction(parsed => Print(MpiPace.Take(parsed.GetRequiredValue(workload), parsed.GetValue(rounds), parsed.GetValue(steps))?.Write()));
        return command;
    }

    private static Command AllReduceCommand()
    {
        var command = new Command("mpi-all-reduce", "One rank of all-reduces by size in this process; rank 0 prints JSON.") { Seconds };
        command.SetAction(parsed => Print(AllReduceTimes.Take(parsed.GetValue(Seconds))?.Write()));
        return command;
    }

    private static Command ScalingModelCommand()
    {
        var workload = new Option<string>("--workload") { Description = "The small pair of networks.", DefaultValueFactory = _ => "DCGAN 28" };
        var milliseconds = new Option<double>("--sample-milliseconds") { Description = "Its computing for one sample of a step, on one rank: a step's time by scaling-mpi over its batch.", DefaultValueFactory = _ => 2 };
        var batch = new Option<int>("--batch") { Description = "Its samples on each rank, for weak scaling.", DefaultValueFactory = _ => 64 };
        var total = new Option<int>("--total-batch") { Description = "Samples on all ranks together, for strong scaling.", DefaultValueFactory = _ => 2_048 };
        var alphas = new Option<double[]>("--alpha") { Description = "Latencies in µs, one for each network.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [25, 5, 2] };
        var gigabits = new Option<double[]>("--gigabits") { Description = "Their bandwidths in Gb/s.", AllowMultipleArgumentsPerToken = true, DefaultValueFactory = _ => [10, 100, 400] };
        var command = new Command("scaling-model", "What a cost model predicts for a step on up to 4,096 ranks; measures nothing.") { workload, milliseconds, batch, total, alphas, gigabits, Document };
        command.SetAction(parsed => Write(parsed, "scaling-model", ScalingModel.Predict(
            parsed.GetRequiredValue(workload), parsed.GetValue(milliseconds), parsed.GetValue(batch), parsed.GetValue(total), [.. parsed.GetRequiredValue(alphas).Zip(parsed.GetRequiredValue(gigabits), RingCost.Of)])));
        return command;
    }

    private static void Print(string? line)
    {
        if (line is not null)
            Console.WriteLine(line);
    }

    private static Command Measure() => OfOneVariant("measure", "One variant of one workload in this process; prints JSON.",
        (variant, workload, parsed) => Measurement.Take(variant, workload, parsed.GetValue(Seconds)).Write());

    private static Command LimitsCommand() => OfOneVariant("limits", "The minimal kernels of one workload under a variant's tuning; prints JSON.",
        (variant, workload, parsed) => Limits.Measure(variant.Tuning, workload, variant.KernelType, parsed.GetValue(ProcessorTime)).Write());

    private static Command AgreementCommand() => OfOneVariant("agreement", $"Largest relative difference of the first {Agreement.Steps} losses from the naive loop's.",
        (variant, workload, _) => Agreement.LargestDifference(variant, workload).ToString("g3", CultureInfo.InvariantCulture));

    private static Command OfOneVariant(string name, string description, Func<Variant, Workload, ParseResult, string> measure)
    {
        var variant = new Argument<string>("variant");
        var workload = new Argument<string>("workload");
        var command = new Command(name, description) { variant, workload, Seconds, ProcessorTime };
        command.SetAction(parsed => Console.WriteLine(
            measure(Variant.Named(parsed.GetRequiredValue(variant)), Workload.Named(parsed.GetRequiredValue(workload)), parsed)));
        return command;
    }

    private static void Write(ParseResult parsed, string section, string markdown)
    {
        if (parsed.GetValue(Document) is { } document)
            RepositoryFile.ReplaceSection(document.FullName, section, markdown);
    }
}
