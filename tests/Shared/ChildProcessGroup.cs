using Xunit;

namespace GanSharp.Tests;

/// <summary>Tests whose work is done by other processes. None of them may use torch in its own.</summary>
[CollectionDefinition]
public sealed class ChildProcessGroup;
