using GanSharp.Mpi;
using static TorchSharp.torch;

namespace GanSharp.MpiWorker;

/// <summary>What Horovod and PyTorch's DDP hold their collectives to, on every rank of one job; each check prints a line.</summary>
internal static class Checks
{
    private static MpiCommunicator communicator = null!;

    public static int Run()
    {
        // Small, so that a few hundred values fill several buckets and take several calls.
        using (communicator = MpiCommunicator.Initialize(new MpiOptions { BucketBytes = 1_000, LargestCount = 300, Timeout = TimeSpan.FromSeconds(60) }))
        {
            foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16, ScalarType.Float16, ScalarType.Int64 })
                Check($"sum of {type}", () => Sum(type));
            Check("sum of many tensors of several types", SumOfMany);
            Check("sum of views and strides", SumOfViews);
            Check("sum of nothing", () => communicator.AllReduce([]));
            Check("halves are rounded once", RoundedOnce);
            Check("sum of a parameter that learns", SumOfParameter);
            foreach (var type in new[] { ScalarType.Float32, ScalarType.Float64, ScalarType.BFloat16, ScalarType.Float16, ScalarType.Int64, ScalarType.Int32, ScalarType.Byte, ScalarType.Bool, ScalarType.ComplexFloat32 })
                Check($"broadcast of {type}", () => Broadcast(type));
            Check("broadcast of views and strides", BroadcastOfViews);
            Check("barrier", () => communicator.Barrier());
            Check("the members are known", Members);
            if (communicator.Size > 1)
            {
                Check("unlike shapes", () => Unlike(communicator.Rank == 0 ? ones(2, 3) : ones(3, 2), "*number 2 is unlike: rank 0: Float32 [2, 3]; rank*: Float32 [3, 2].", before: ones(4)));
                Check("unlike types", () => Unlike(communicator.Rank == 0 ? ones(3) : ones(3, ScalarType.Float64), "*number 1 is unlike: rank 0: Float32 [3]; rank*: Float64 [3]."));
                Check("unlike calls", UnlikeCalls);
                Check("sum after what was unlike", () => Sum(ScalarType.Float32));
            }
            Check("types that can't be added", () => Throws<ArgumentException>(() => communicator.AllReduce([ones(2), ones(2, ScalarType.Bool)]), "number 1 is Bool"));
            Check("null and disposed tensors", Absent);
            Check("threads take turns", Threads);
            Check("a null reference is an exception", () => Throws<NullReferenceException>(() => _ = ((string?)null)!.Length, ""));
            Check("a second Initialize", () => Throws<InvalidOperationException>(() => MpiCommunicator.Initialize(), "Initialize was called already"));
            Check("no tensors are left", Memory);
        }
        Check("after Dispose", () => Throws<ObjectDisposedException>(() => communicator.AllReduce([ones(1)]), "MpiCommunicator"));
        Check("Initialize after Dispose", () => Throws<InvalidOperationException>(() => MpiCommunicator.Initialize(), "Initialize was called already"));
        communicator.Dispose();
        return 0;
    }

    private static int Factors => communicator.Size * (communicator.Size + 1) / 2;

    private static void Check(string name, Action action)
    {
        string result;
        try
        {
            using var scope = NewDisposeScope();
            action();
            result = "ok";
        }
        catch (Exception exception)
        {
            result = $"FAILED {exception.GetType().Name}: {exception.Message}";
        }
        Console.WriteLine($"[{communicator.Rank}] {name}: {result}");
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
            throw new InvalidOperationException(what);
    }

    private static void Throws<T>(Action action, string text)
        where T : Exception
    {
        try
        {
            action();
        }
        catch (T exception) when (exception.Message.Contains(text, StringComparison.Ordinal))
        {
            return;
        }
        throw new InvalidOperationException($"no {typeof(T).Name} with '{text}'");
    }

    private static void Same(Tensor actual, Tensor expected) => Require(actual.dtype == expected.dtype && actual.equal(expected).all().item<bool>(), $"got {actual.ToString(TorchSharp.TensorStringStyle.Numpy)}");

    // Small integers, which every type holds exactly, also when they are added.
    private static Tensor Pattern(ScalarType type, params long[] shape) => (arange(shape.Aggregate(1L, (product, size) => product * size)) % 7).reshape(shape).to(type);

    private static void Sum(ScalarType type)
    {
        // Below a bucket; above one, and above what one call takes.
        foreach (var count in new long[] { 1, 200, 1_000 })
        {
            var values = Pattern(type, count) * (communicator.Rank + 1);
            communicator.AllReduce([values]);
            Same(values, Pattern(type, count) * Factors);
        }
    }

    private static void SumOfMany()
    {
        ScalarType[] types = [ScalarType.Float32, ScalarType.BFloat16, ScalarType.Float64, ScalarType.Int64];
        var shapes = Enumerable.Range(0, 40).Select(index => index % 5 == 0 ? new long[] { 0, 3 } : index % 7 == 0 ? [] : [index, 1 + index % 3]).ToArray();
        Tensor[] tensors = [.. shapes.Select((shape, index) => Pattern(types[index % 4], shape) * (communicator.Rank + 1))];
        communicator.AllReduce(tensors);
        for (var index = 0; index < shapes.Length; index++)
            Same(tensors[index], Pattern(types[index % 4], shapes[index]) * Factors);
    }

    private static void SumOfViews()
    {
        var whole = Pattern(ScalarType.Float32, 20, 30) * (communicator.Rank + 1);
        var (transposed, columns, rows) = (whole.narrow(0, 0, 5).t(), whole.narrow(0, 5, 5).narrow(1, 3, 4), whole.narrow(0, 12, 3));
        // A stride of 2: the values between stay.
        var everySecond = whole.narrow(0, 16, 4).view(60, 2).select(1, 0);
        communicator.AllReduce([transposed, columns, rows, everySecond]);
        var expected = Pattern(ScalarType.Float32, 20, 30) * (communicator.Rank + 1);
        foreach (var part in new[] { expected.narrow(0, 0, 5), expected.narrow(0, 5, 5).narrow(1, 3, 4), expected.narrow(0, 12, 3), expected.narrow(0, 16, 4).view(60, 2).select(1, 0) })
            part.div_(communicator.Rank + 1).mul_(Factors);
        Same(whole, expected);
    }

    // 1 + 2⁻⁹ rounds to 1 in bfloat16 (8 bits), so adding one after the other would never leave 1.
    private static void RoundedOnce()
    {
        var value = full([3], communicator.Rank == 0 ? 1 : Math.Pow(2, -9), ScalarType.BFloat16);
        communicator.AllReduce([value]);
        Same(value, full([3], 1 + (communicator.Size - 1) * Math.Pow(2, -9), ScalarType.Float64).to(ScalarType.BFloat16));
    }

    private static void SumOfParameter()
    {
        var parameter = Pattern(ScalarType.Float32, 50).requires_grad_(true);
        var transposed = Pattern(ScalarType.Float32, 4, 5).t().requires_grad_(true);
        communicator.AllReduce([parameter, transposed]);
        using var frozen = no_grad();
        Same(parameter, Pattern(ScalarType.Float32, 50) * communicator.Size);
        Same(transposed, Pattern(ScalarType.Float32, 4, 5).t() * communicator.Size);
    }

    private static void Broadcast(ScalarType type)
    {
        foreach (var count in new long[] { 1, 1_000 })
        {
            var values = communicator.Rank == 0 ? Pattern(type, count) : zeros(count, type);
            communicator.Broadcast([values]);
            Same(values, Pattern(type, count));
        }
    }

    private static void BroadcastOfViews()
    {
        var whole = communicator.Rank == 0 ? Pattern(ScalarType.Int64, 6, 7) : zeros(6, 7, ScalarType.Int64);
        var halves = full([5], communicator.Rank, ScalarType.Float16);
        communicator.Broadcast([whole.t().narrow(0, 1, 3), halves, zeros(0), full([], communicator.Rank)]);
        var expected = communicator.Rank == 0 ? Pattern(ScalarType.Int64, 6, 7) : zeros(6, 7, ScalarType.Int64);
        expected.narrow(1, 1, 3).copy_(Pattern(ScalarType.Int64, 6, 7).narrow(1, 1, 3));
        Same(whole, expected);
        Same(halves, zeros(5, ScalarType.Float16));
    }

    private static void Members()
    {
        Require(communicator.Members.Count == communicator.Size && communicator.Members[communicator.Rank].ProcessId == Environment.ProcessId, "another process stands at this rank");
        Require(communicator.LocalRank == communicator.Rank, $"on one machine, rank {communicator.Rank} has local rank {communicator.LocalRank}");
    }

    private static void Unlike(Tensor tensor, string message, Tensor? before = null)
    {
        var parts = message.Split('*', StringSplitOptions.RemoveEmptyEntries);
        Tensor[] tensors = before is null ? [tensor] : [before, tensor];
        foreach (var part in parts)
            Throws<MpiException>(() => communicator.AllReduce(tensors), part);
        foreach (var unchanged in tensors)
            Same(unchanged, ones_like(unchanged));
    }

    private static void UnlikeCalls()
    {
        var values = ones(4);
        Throws<MpiException>(() =>
        {
            if (communicator.Rank == 0)
                communicator.Barrier();
            else
                communicator.AllReduce([values]);
        }, "The ranks make unlike calls: rank 0: Barrier; rank");
        Same(values, ones(4));
    }

    private static void Absent()
    {
        var gone = ones(1);
        gone.Dispose();
        Throws<ArgumentException>(() => communicator.AllReduce([ones(1), gone]), "number 1 is");
        Throws<ArgumentException>(() => communicator.Broadcast([null!]), "null");
        Throws<ArgumentNullException>(() => communicator.Broadcast(null!), "tensors");
    }

    private static void Threads()
    {
        var failures = 0;
        Thread[] threads = [.. Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            using var scope = NewDisposeScope();
            for (var call = 0; call < 5; call++)
            {
                var values = full([500], communicator.Rank + 1);
                communicator.AllReduce([values]);
                if (!values.eq(Factors).all().item<bool>())
                    Interlocked.Increment(ref failures);
            }
        }))];
        foreach (var thread in threads)
            thread.Start();
        foreach (var thread in threads)
            thread.Join();
        Require(failures == 0, $"{failures} sums were wrong");
    }

    private static void Memory()
    {
        using var own = NewDisposeScope();
        var values = ones(50, 4).t();
        var halves = ones(900, ScalarType.BFloat16);
        void Call()
        {
            communicator.AllReduce([values, halves]);
            communicator.Broadcast([values, halves]);
        }
        Call();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        for (var call = 0; call < 5; call++)
            Call();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Require(Tensor.TotalCount <= before, $"{Tensor.TotalCount - before} more tensors live");
    }
}
