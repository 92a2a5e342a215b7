using Xunit.Sdk;
using Xunit.v3;

// Training uses every core, and torch.manual_seed is global: tests in parallel would be slower and would not repeat.
[assembly: Parallelization(Mode = ParallelMode.None)]
