using GanSharp.Optimization.Flat;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace GanSharp.Optimization;

/// <summary>Drives torch's optimizers over the flat buffers, one for each buffer.</summary>
internal sealed class TorchOptimizer : Optimizer
{
    private readonly TorchOptimizerOptions options;
    private readonly List<(Parameter Values, optim.Optimizer Optimizer)> players = [];
    private int next;

    public TorchOptimizer(FlatParameters parameters, TorchOptimizerOptions options)
        : base(parameters, options)
    {
        this.options = options;
        // What the optimizer makes for itself must outlive the caller's scope.
        using var scope = NewDisposeScope();
        foreach (var buffer in parameters.Buffers)
        {
            var values = new Parameter(buffer.detach().alias(), requires_grad: true);
            var optimizer = options.Make([values]) ?? throw new ArgumentException($"{nameof(TorchOptimizerOptions)}.{nameof(options.Make)} must return an optimizer but returned null.");
            players.Add((values, optimizer));
        }
        scope.Detach(scope.DisposablesView.ToArray());
    }

    protected override bool HasVectorRule => false;

    public override void Dispose()
    {
        foreach (var (values, optimizer) in players)
        {
            optimizer.Dispose();
            values.Dispose();
        }
        base.Dispose();
    }

    protected override void Prepare(long step) => next = 0;

    protected override double Move(FlatSlice slice, FlatGradients gradients, GradientRule gradientRule, double rate) => throw new InvalidOperationException("torch's optimizers have no vector rule.");

    protected override void Move(Tensor values, Tensor gradient, Tensor[] slots, double rate)
    {
        // Without groups there is one slice a buffer, in their order.
        var (parameter, optimizer) = players[next++];
        if (options.SetsLearningRate)
            foreach (var group in optimizer.ParamGroups)
                group.LearningRate = rate;
        parameter.grad = gradient;
        optimizer.step();
        parameter.grad = null;
    }
}
