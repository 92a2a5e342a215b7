using FluentAssertions;
using GanSharp.Runtime;
using GanSharp.Tests.Training.Checkpointing;
using Xunit;
using static TorchSharp.torch;

namespace GanSharp.Tests.Tensors;

public sealed class ComputeTuningTests
{
    private static readonly ComputeTuning Nothing = new() { Threads = 1, KeepFreedMemory = false, CollectEverySteps = 0 };

    [Theory]
    [InlineData(2, 2, 1, 2)]
    [InlineData(4, 8, 1, 4)]
    [InlineData(64, 64, 1, 16)]
    [InlineData(32, 2, 1, 2)]
    [InlineData(2, 2, 2, 1)]
    [InlineData(2, 2, 3, 1)]
    [InlineData(64, 64, 8, 8)]
    [InlineData(1, 64, 1, 1)]
    public void The_default_takes_the_cores_shares_them_out_and_stops_at_16(int torchThreads, int processors, int trainers, int expected) =>
        ComputeTuning.DefaultThreads(torchThreads, processors, trainers).Should().Be(expected);

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(64)]
    public void Trainers_that_share_a_machine_never_ask_for_more_threads_than_it_has(int processors)
    {
        for (var trainers = 1; trainers <= processors; trainers++)
            (trainers * ComputeTuning.DefaultThreads(processors, processors, trainers)).Should().BeLessThanOrEqualTo(processors);
    }

    [Fact]
    public void A_number_below_one_is_refused_by_name()
    {
        FluentActions.Invoking(() => (Nothing with { Threads = 0 }).Apply()).Should().Throw<ArgumentOutOfRangeException>().WithMessage("Threads*'0'*'1'*");
        FluentActions.Invoking(() => (Nothing with { TrainersOnThisMachine = 0 }).Apply()).Should().Throw<ArgumentOutOfRangeException>().WithMessage("TrainersOnThisMachine*'0'*'1'*");
    }

    [Fact]
    public void Threads_are_set_and_the_state_says_so_in_one_line()
    {
        var before = get_num_threads();
        try
        {
            var state = Nothing.Apply();

            get_num_threads().Should().Be(1);
            state.Threads.Should().Be(1);
            state.ToString().Should().StartWith($"compute: 1 of {Environment.ProcessorCount} threads, waiting ").And.Contain("; freed memory ").And.Contain("; MKL ").And.NotContain("\n");
            ComputeState.InForce.Should().Be(state);
        }
        finally
        {
            set_num_threads(before);
        }
    }

    [Fact]
    public void TensorFloat32_is_allowed_where_asked_and_else_as_torch_has_it()
    {
        var before = (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32);
        try
        {
            Nothing.Apply();
            (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32).Should().Be(before);
            (Nothing with { TensorFloat32 = true }).Apply().TensorFloat32.Should().Be("allowed");
            (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32).Should().Be((true, true));
            (Nothing with { TensorFloat32 = false }).Apply().TensorFloat32.Should().Be("not allowed");
            (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32).Should().Be((false, false));
        }
        finally
        {
            (backends.cuda.matmul.allow_tf32, backends.cudnn.allow_tf32) = before;
        }
    }

    [Fact]
    public void Where_no_tuning_is_applied_training_changes_nothing_in_its_host()
    {
        using var folder = new TemporaryFolder();

        // It sets one thread, and applies no tuning.
        FaultProcess.Finish(folder.FullName, steps: 2, everySteps: 2, width: 4).Should()
            .Contain($"compute: 1 of {Environment.ProcessorCount} threads, ").And.Contain("; freed memory as by default; garbage collected as by default; MKL as by default");
    }

    [Fact]
    public void More_threads_than_processors_are_named_once()
    {
        ComputeTuning.WarnOnce(2, 2).Should().BeNull();
        ComputeTuning.WarnOnce(16, 2).Should().Contain("uses 16 threads").And.Contain("2 processors").And.Contain("new ComputeTuning().Apply()");
        ComputeTuning.WarnOnce(16, 2).Should().BeNull();
    }

    [Fact]
    public void Garbage_is_collected_by_the_run_only_where_it_was_asked_to()
    {
        static int CollectionsOf(int steps)
        {
            var before = GC.CollectionCount(0);
            for (var step = 1; step <= steps; step++)
                NativeNumbers.Release(step);
            return GC.CollectionCount(0) - before;
        }
        try
        {
            NativeNumbers.StepsBetweenCollections = 0;
            CollectionsOf(64).Should().BeLessThan(2);
            WithThreadsKept(() => (Nothing with { CollectEverySteps = 4 }).Apply()).ToString().Should().Contain("; garbage collected every 4 steps; ");
            CollectionsOf(64).Should().BeGreaterThanOrEqualTo(16);
        }
        finally
        {
            NativeNumbers.StepsBetweenCollections = 0;
        }
    }

    [Fact]
    public void Once_torch_is_loaded_passive_waiting_is_refused_and_the_environment_variable_is_named()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "OpenMP's environment is set on Linux only.");
        TorchRuntime.EnsureLoaded();
        WithThreadsKept(() => (Nothing with { PassiveWaiting = true }).Apply()).Waiting
            .Should().Be("as by default (passive was refused: TorchSharp is loaded already; apply the tuning before its first use, or set OMP_WAIT_POLICY=passive before the program starts)");
    }

    [Fact]
    public void Once_MKL_has_chosen_its_kernels_the_fast_path_is_refused()
    {
        using (var left = ones(64, 64))
        using (left.mm(left))
        {
        }
        WithThreadsKept(() => (Nothing with { MklFastPath = true }).Apply()).Mkl
            .Should().MatchRegex(@"^as by default \((its fast path was refused: (MKL has chosen its kernels already; apply the tuning before the first tensor operation|it is known for Linux on x64 only|this libtorch has no MKL, or one that hides its choice)|the processor is Intel's, so its fast path needs no help)\)$");
    }

    [Fact]
    public void MKLs_variables_are_found_in_the_known_code_alone()
    {
        byte[] question = [0x8B, 0x05, 0x1A, 0x67, 0x98, 0x09, 0x85, 0xC0, 0x78, 0x01, 0xC3];
        byte[] choice = [0x83, 0x3D, 0x8D, 0x8E, 0x98, 0x09, 0x00, 0x78, 0x07, 0x8B, 0x05];

        MklDispatch.AnswerAddress(question, 0xBDC5670).Should().Be((nint)0x1574BD90, "the displacement counts from the next instruction");
        MklDispatch.ChosenAddress(choice, 0xBDC2EE0).Should().Be((nint)0x1574BD74);
        foreach (var index in new[] { 0, 1, 6, 7, 8, 9, 10 })
            MklDispatch.AnswerAddress(Changed(question, index), 0xBDC5670).Should().BeNull($"byte {index} differs");
        foreach (var index in new[] { 0, 1, 6, 7 })
            MklDispatch.ChosenAddress(Changed(choice, index), 0xBDC2EE0).Should().BeNull($"byte {index} differs");
        MklDispatch.AnswerAddress(question.AsSpan(0, 10), 0).Should().BeNull();

        static byte[] Changed(byte[] code, int index) => [.. code.Select((value, at) => at == index ? (byte)(value ^ 1) : value)];
    }

    [Fact]
    public void A_line_of_the_memory_map_is_read_with_spaces_in_its_path()
    {
        var region = MemoryMap.Parse("7f10a0000000-7f10a0002000 rw-p 00001000 08:01 131 /opt/my program/libtorch_cpu.so");

        region.Should().Be(new MemoryMap(0x7f10a0000000, 0x7f10a0002000, true, "/opt/my program/libtorch_cpu.so"));
        region.FileName.Should().Be("libtorch_cpu.so");
        region.Holds(0x7f10a0001ffc, 4).Should().BeTrue();
        region.Holds(0x7f10a0001ffd, 4).Should().BeFalse("its last byte lies outside");
        MemoryMap.Parse("7f10a0000000-7f10a0002000 r-xp 00000000 00:00 0").Should().Be(new MemoryMap(0x7f10a0000000, 0x7f10a0002000, false, ""));
    }

    private static ComputeState WithThreadsKept(Func<ComputeState> apply)
    {
        var before = get_num_threads();
        try
        {
            return apply();
        }
        finally
        {
            set_num_threads(before);
        }
    }
}
