using FluentAssertions;
using GanSharp.Mpi;
using GanSharp.Mpi.Exchange;
using GanSharp.Mpi.Native;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Mpi;

/// <summary>How tensors are divided into messages, and what is said of unlike calls.</summary>
public sealed class BucketTests
{
    private static readonly MpiHandles Handles = MpiHandles.Of(MpiFamily.Mpich, 0);

    [Fact]
    public void Small_tensors_share_a_message_in_their_order_and_large_ones_go_alone()
    {
        using var scope = NewDisposeScope();
        Tensor[] tensors = [zeros(10), zeros(200), zeros(8), zeros(0), zeros(5, ScalarType.Float64), zeros(90), zeros(10, ScalarType.BFloat16), zeros(3)];

        var buckets = Bucket.Divide(tensors, tensor => Wire.ToAdd(tensor.dtype, Handles)!, bytes: 400);

        buckets.Select(bucket => bucket.Tensors.Select(tensor => Array.FindIndex(tensors, other => ReferenceEquals(other, tensor)))).Should().BeEquivalentTo(
            new int[][] { [1], [0, 2], [5, 7], [4], [6] }, options => options.WithStrictOrdering());
        buckets.Select(bucket => (bucket.Wire.Type, bucket.Count)).Should().Equal(
            (ScalarType.Float32, 200), (ScalarType.Float32, 18), (ScalarType.Float32, 93), (ScalarType.Float64, 5), (ScalarType.Float32, 10));
    }

    [Fact]
    public void Strides_do_not_change_the_division()
    {
        using var scope = NewDisposeScope();
        var plain = Divide(zeros(20, 30), zeros(5));
        var strided = Divide(zeros(30, 20).t(), zeros(10).narrow(0, 0, 5));

        strided.Should().Equal(plain);

        static IEnumerable<long> Divide(params Tensor[] tensors) => Bucket.Divide(tensors, tensor => Wire.ToCopy(tensor, Handles), bytes: 100).Select(bucket => bucket.Count);
    }

    [Fact]
    public void Every_difference_of_calls_changes_the_hash()
    {
        using var scope = NewDisposeScope();
        var options = new MpiOptions();
        CallSignature Of(string operation, params Tensor[] tensors) => new(operation, tensors, options);
        long[] hashes =
        [
            .. new[]
            {
                Of("AllReduce", zeros(2, 3)), Of("AllReduce", zeros(3, 2)), Of("AllReduce", zeros(6)), Of("AllReduce", zeros(2, 3, ScalarType.Float64)), Of("Broadcast", zeros(2, 3)), Of("AllReduce", zeros(2), zeros(3)),
                Of("AllReduce"), Of("Barrier"), Of("AllReduce", zeros(2, 3)) with { Options = options with { BucketBytes = 5 } },
            }.Select(call => call.Hash()),
        ];

        hashes.Should().OnlyHaveUniqueItems();
        Of("AllReduce", zeros(3, 2).t()).Hash().Should().Be(hashes[0], "strides may differ");
    }

    [Fact]
    public void The_first_difference_is_told_with_the_ranks_that_share_it()
    {
        using var scope = NewDisposeScope();
        var options = new MpiOptions();
        string Call(params Tensor[] tensors) => new CallSignature("AllReduce", tensors, options).Describe();

        CallSignature.Difference([Call(zeros(2), zeros(3)), Call(zeros(2), zeros(4)), Call(zeros(2), zeros(3))]).Should()
            .Be("The ranks call AllReduce of 2 tensors, of which number 2 is unlike: ranks 0, 2: Float32 [3]; rank 1: Float32 [4].");
        CallSignature.Difference([Call(zeros(2)), new CallSignature("Barrier", [], options).Describe()]).Should()
            .Be("The ranks make unlike calls: rank 0: AllReduce of 1 tensors; rank 1: Barrier.");
    }
}
