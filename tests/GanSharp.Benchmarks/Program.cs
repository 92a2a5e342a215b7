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
if (args is ["guard-cost"])
{
    GuardCost.Print();
    return 0;
}
if (args is ["checkpoint-cost", .. var folders])
{
    CheckpointCost.Print(folders is [var folder] ? folder : Path.GetTempPath());
    return 0;
}
if (args is [] or ["--help"] or ["-h"])
{
    Console.WriteLine("""
        dotnet run -c Release --project tests/GanSharp.Benchmarks -- diagnostics-cost   what one report costs, as a share of the training between two reports
        dotnet run -c Release --project tests/GanSharp.Benchmarks -- checkpoint-cost    how long a checkpoint holds training up and how fast it is written, beside dd
        dotnet run -c Release --project tests/GanSharp.Benchmarks -- guard-cost         what looking for NaN in every step adds to it
        dotnet run -c Release --project tests/GanSharp.Benchmarks -- --filter '*'       micro-benchmarks (BenchmarkDotNet's own options)
        """);
    return 0;
}
// In process: a generated project would have to find the relaxed native library again.
BenchmarkSwitcher.FromAssembly(typeof(DiagnosticsCost).Assembly)
    .Run(args, DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));
return 0;
