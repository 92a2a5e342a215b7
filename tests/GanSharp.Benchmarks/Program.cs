using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using GanSharp.Benchmarks;
using GanSharp.Benchmarks.Micro;

if (args is [] || BenchmarkCommand.Knows(args[0]))
    return BenchmarkCommand.Run(args);
// In process: a generated project would have to find the relaxed native library again.
BenchmarkSwitcher.FromAssembly(typeof(DiagnosticsCost).Assembly)
    .Run(args, DefaultConfig.Instance.AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance)));
return 0;
