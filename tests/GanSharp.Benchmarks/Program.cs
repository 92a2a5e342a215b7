using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using GanSharp.Benchmarks;

if (args is ["diagnostics-cost"])
{
    DiagnosticsCost.Print();
    return 0;
}
if (args is ["memory"])
{
    MemoryRun.Print();
    return 0;
}
if (args is ["fuzz", .. var rest])
    return FuzzCommand.Run(rest);
if (args is ["interop", "write" or "compare", _, _])
    return InteropCommand.Run(args[1], args[2], args[3]);
if (args is ["checkpoint-cost", .. var folders])
{
    CheckpointCost.Print(folders is [var folder] ? folder : Path.GetTempPath());
    return 0;
}
if (args is [] or ["--help"] or ["-h"])
{
    Console.WriteLine("""
        dotnet run -c Release --project tests/GanSharp.Benchmarks -- diagnostics-cost   what one report costs, as a share of the training between two reports
        dotnet run -c Release --project tests/GanSharp.Benchmarks -- memory             live tensors and resident memory over 10,000 steps
        dotnet run -c Release --project tests/GanSharp.Benchmarks -- fuzz [inputs] [seed]   mutated files into every reader of untrusted files; 120,000 inputs by default
        /usr/bin/python3 tests/peers/interop_check.py                                   weights to PyTorch and back, by 'interop write' and 'interop compare' of this program
        dotnet run -c Release --project tests/GanSharp.Benchmarks -- checkpoint-cost    how long a checkpoint holds training up and how fast it is written, beside dd
        dotnet run -c Release --project tests/GanSharp.Benchmarks -- --filter '*'       micro-benchmarks (BenchmarkDotNet's own options)
        """);
    return 0;
}
// In process: a generated project would have to find the relaxed native library again.
BenchmarkSwitcher.FromAssembly(typeof(DiagnosticsCost).Assembly)
    .Run(args, DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));
return 0;
