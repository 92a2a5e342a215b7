using System.Buffers.Binary;
using FluentAssertions;
using GanSharp.Randomness;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Tensors;

public sealed class GeneratorStateTests
{
    [Fact]
    public void Every_state_that_a_generator_can_be_in_is_good()
    {
        using var scope = NewDisposeScope();
        using var generator = SeededRandom.Create(3, "states");

        // The generator renews its 624 numbers when they are used up.
        for (var draw = 0; draw < 1300; draw++)
        {
            using var inner = NewDisposeScope();
            GeneratorState.Fault(generator.get_state()).Should().BeNull($"after {draw} draws");
            rand([1], generator: generator);
        }
        randn([3], generator: generator);
        GeneratorState.Fault(generator.get_state()).Should().BeNull();
        GeneratorState.Fault(get_rng_state()).Should().BeNull();
    }

    [Theory]
    [InlineData(8, 0, "must be seeded and stand at one of its 624 numbers but has 0 left and stands at 0")]
    [InlineData(8, 625, "must be seeded and stand at one of its 624 numbers but has 625 left and stands at 0")]
    [InlineData(8, -1, "must be seeded and stand at one of its 624 numbers but has -1 left and stands at 0")]
    [InlineData(12, 0, "must be seeded and stand at one of its 624 numbers but has no seed")]
    [InlineData(16, 624, null)]
    [InlineData(16, 623, "must be seeded and stand at one of its 624 numbers but has 1 left and stands at 623")]
    [InlineData(20, 1, "must be seeded and stand at one of its 624 numbers but has 1 left and stands at 4294967296")]
    public void A_state_that_would_end_the_process_or_read_beyond_the_numbers_is_refused(int offset, int value, string? fault)
    {
        using var generator = SeededRandom.Create(3, "states");
        using var state = generator.get_state();

        BinaryPrimitives.WriteInt32LittleEndian(state.bytes[offset..], value);

        GeneratorState.Fault(state).Should().Be(fault);
    }

    [Theory]
    [InlineData(16, 8, null)]
    [InlineData(16, 6, "must have a position that is a multiple of 4 but has 6")]
    [InlineData(24, 0, "must have 5056 bytes on the CPU or 16 on a GPU but has 24")]
    public void Lengths_and_the_position_of_a_counter_are_looked_at(int length, byte position, string? fault)
    {
        using var state = zeros(length, ScalarType.Byte);
        state.bytes[8] = position;

        GeneratorState.Fault(state).Should().Be(fault);
    }
}
