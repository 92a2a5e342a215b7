using GanSharp.Communication;
using GanSharp.Networks;
using GanSharp.Networks.Weights;
using GanSharp.Optimization;
using GanSharp.Optimization.Flat;
using GanSharp.Tensors;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Players;

/// <summary>
/// One side of a game: a network with its flat parameters, its optimizer and the precision in which it computes. It learns by <see cref="Descend(Tensor)"/>,
/// and stands still while <see cref="Hold"/> is in force. A generator, a discriminator, an auditor or a classifier is trained by the same piece.
/// </summary>
/// <remarks>
/// The alternation of Goodfellow et al. (2014), written by hand:
/// <code>
/// using var g = new Player(generator, new AdamOptions());
/// using var d = new Player(discriminator, new AdamOptions());
/// // each step, in a DisposeScope:
/// d.Descend(discriminatorLoss);
/// using (d.Hold())
///     g.Descend(generatorLoss);
/// </code>
/// </remarks>
public sealed class Player : IDisposable
{
    private readonly Optimizer optimizer;
    private readonly MixedPrecision? precision;
    private readonly bool ownsParameters, hasReachableState;
    private bool isHeld;

    /// <summary>Moves the network's trainable parameters into flat buffers and makes its optimizer.</summary>
    /// <param name="network">The network, on the device to train on; the caller disposes it.</param>
    /// <param name="optimizer">The optimizer, chosen by its options; its schedules count this player's updates.</param>
    /// <exception cref="ArgumentException">An option is invalid.</exception>
    /// <exception cref="ObjectDisposedException">The network was disposed.</exception>
    public Player(Module network, OptimizerOptions optimizer)
        : this(network, optimizer, Precision.Float32)
    {
    }

    /// <param name="network">In low precision a generator, a discriminator or a module from tensor to tensor.</param>
    /// <param name="optimizer">Its options.</param>
    /// <param name="precision">The type in which it computes between <see cref="Enter"/> and its end.</param>
    /// <param name="parameters">Its flat parameters, where somebody has them already and keeps them; null to make them.</param>
    /// <param name="sharesOptions">Whether other players have the same options, so that a group of theirs may hold none of this one's parameters; whoever makes them checks the groups.</param>
    internal Player(Module network, OptimizerOptions optimizer, Precision precision, FlatParameters? parameters = null, bool sharesOptions = false)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(optimizer);
        if (optimizer.Faults(nameof(optimizer)).ToArray() is { Length: > 0 } faults)
            throw new ArgumentException(string.Join(Environment.NewLine, faults), nameof(optimizer));
        Disposal.ThrowIfDisposed(network);
        Network = network;
        Parameters = parameters ?? new FlatParameters(network);
        (ownsParameters, hasReachableState) = (parameters is null, optimizer.HasReachableState);
        try
        {
            if (!sharesOptions)
                optimizer.ThrowIfAGroupIsEmpty(Parameters);
            this.optimizer = optimizer.Create(Parameters);
            this.precision = precision == Precision.Float32 ? null : new MixedPrecision(network, Parameters);
        }
        catch
        {
            this.optimizer?.Dispose();
            Release();
            throw;
        }
    }

    /// <summary>The network.</summary>
    public Module Network { get; }

    /// <summary>Whether anything of it can learn: a network whose parameters are all frozen stands still.</summary>
    public bool Learns => Parameters.Buffers.Count > 0;

    /// <summary>Updates made so far, by which schedules go.</summary>
    public long Updates { get; internal set; }

    internal FlatParameters Parameters { get; }

    /// <summary>The optimizer's part of a checkpoint.</summary>
    internal IStateful OptimizerState => optimizer;

    internal IUpdateGuard? Guard { get; set; }

    /// <summary>The processes whose gradients are averaged.</summary>
    internal ICommunicator Communicator { get; set; } = SingleProcess.Instance;

    /// <summary>Every update ends by bringing each value into [−limit, limit] (Arjovsky et al. 2017); null for no limit.</summary>
    internal double? WeightLimit { get; set; }

    /// <summary>What the learning rate is multiplied by: 1 unless a roll-back lowered it.</summary>
    internal double RateFactor
    {
        set => optimizer.RateFactor = value;
    }

    /// <summary>One update along the gradient of a loss: backward, then the optimizer's step.</summary>
    /// <param name="loss">A scalar with its graph.</param>
    /// <exception cref="ArgumentException"><paramref name="loss"/> has more than one element, or doesn't require a gradient.</exception>
    /// <exception cref="InvalidOperationException">The player is held fixed (<see cref="Hold"/>).</exception>
    public void Descend(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (!Learns)
            return;
        Accumulate(loss);
        _ = Update(Updates);
    }

    /// <summary>Adds a loss's gradient to that of the next update: several smaller batches then make one step.</summary>
    /// <param name="loss">A scalar with its graph.</param>
    /// <exception cref="ArgumentException"><paramref name="loss"/> has more than one element, or doesn't require a gradient.</exception>
    /// <exception cref="InvalidOperationException">The player is held fixed (<see cref="Hold"/>).</exception>
    public void Accumulate(Tensor loss)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (isHeld)
            throw new InvalidOperationException($"{Network.GetType().Name} is held fixed, so it can't learn. Dispose the result of Hold before.");
        if (loss.numel() != 1)
            throw new ArgumentException($"loss must have one element but has shape {Shape.Format(loss.shape)}. Take its mean.", nameof(loss));
        if (!loss.requires_grad)
            throw new ArgumentException($"loss must require a gradient but doesn't, so {Network.GetType().Name} would learn nothing: it is constant, or cut off by detach, no_grad or a value that was read out.", nameof(loss));
        loss.backward();
    }

    /// <summary>One update along what was accumulated.</summary>
    public void Update() => _ = Update(Updates);

    /// <summary>Holds the network fixed until the result is disposed: no gradient is computed for its parameters, and what passes through it still has one.</summary>
    /// <returns>Lets the network learn again when it is disposed. Where the network is held already, the first result does so, and this one does nothing.</returns>
    public IDisposable Hold()
    {
        if (isHeld)
            return new Released(null);
        RequireGradients(false);
        return new Released(this);
    }

    /// <summary>Lets the network learn until the result is disposed, and then forget it (unrolling, Metz et al. 2017).</summary>
    /// <returns>Puts weights, buffers and optimizer back as they are now when it is disposed.</returns>
    /// <exception cref="NotSupportedException">The optimizer is one of torch's, whose state can't be put back.</exception>
    public IDisposable Remember() => hasReachableState ? new Remembered(this)
        : throw new NotSupportedException($"{Network.GetType().Name} has an optimizer of torch, whose state can't be put back, so Remember would change how it learns. Use one of GanSharp's optimizers, or write it as a CustomOptimizerOptions.");

    /// <summary>Releases buffers and optimizer; the network keeps its parameters.</summary>
    public void Dispose()
    {
        precision?.Dispose();
        optimizer.Dispose();
        Release();
    }

    /// <summary>One update along what was accumulated.</summary>
    /// <param name="step">Where schedules stand.</param>
    /// <param name="alongside">Tensors that several processes average together with the gradients.</param>
    /// <param name="accepts">Asked after that, and before the guard sees the gradients.</param>
    /// <returns>Whether it was made; false where the guard refused it.</returns>
    internal bool Update(long step, IReadOnlyList<Tensor> alongside, Func<bool> accepts)
    {
        using var gradients = Parameters.TakeGradients();
        if (!Accepts(gradients, alongside, accepts))
            return false;
        Apply(step, gradients);
        return true;
    }

    /// <inheritdoc cref="Update(long, IReadOnlyList{Tensor}, Func{bool})"/>
    internal bool Update(long step) => Update(step, [], () => true);

    /// <summary>One update of several players that learn from one loss: of all, or of none where a guard refuses one.</summary>
    /// <inheritdoc cref="Update(long, IReadOnlyList{Tensor}, Func{bool})"/>
    internal static bool Update(IReadOnlyList<Player> players, long step)
    {
        FlatGradients[] gradients = [.. players.Select(player => player.Parameters.TakeGradients())];
        try
        {
            if (!players.Zip(gradients).All(pair => pair.First.Accepts(pair.Second, [], () => true)))
                return false;
            foreach (var (player, taken) in players.Zip(gradients))
                player.Apply(step, taken);
            return true;
        }
        finally
        {
            foreach (var taken in gradients)
                taken.Dispose();
        }
    }

    private bool Accepts(FlatGradients gradients, IReadOnlyList<Tensor> alongside, Func<bool> accepts)
    {
        if (Communicator.Size > 1)
            gradients.Average(Communicator, alongside);
        return accepts() && Guard?.AcceptsGradients(gradients) != false;
    }

    private void Apply(long step, FlatGradients gradients)
    {
        var squares = optimizer.Step(step, gradients);
        if (WeightLimit is { } limit)
        {
            Parameters.Limit(limit);
            squares = null;
        }
        Guard?.Updated(squares);
        precision?.Follow();
        Updates = step + 1;
    }

    /// <summary>The network computes in its precision until the result is disposed; null for float32, where nothing changes.</summary>
    /// <param name="isContinued">Whether nothing but the optimizer has written parameters since it did so last.</param>
    internal IDisposable? Enter(bool isContinued = false) => precision?.Enter(isContinued);

    /// <summary>Drops gradients that anyone left, and lets the network learn again.</summary>
    internal void Reset()
    {
        RequireGradients(true);
        Parameters.ClearGradients();
    }

    private void Release()
    {
        if (ownsParameters)
            Parameters.Dispose();
    }

    private void RequireGradients(bool required)
    {
        isHeld = !required;
        Parameters.RequireGradients(required);
    }

    private sealed class Released(Player? player) : IDisposable
    {
        public void Dispose() => player?.RequireGradients(true);
    }

    private sealed class Remembered : IDisposable
    {
        private readonly Player player;
        private readonly NetworkSnapshot network;
        private readonly OwnState optimizer;
        private readonly long updates;
        private bool isOver;

        public Remembered(Player player)
        {
            (this.player, updates) = (player, player.Updates);
            network = new NetworkSnapshot(player.Network);
            optimizer = OwnState.Of(player.optimizer);
        }

        public void Dispose()
        {
            if (isOver)
                return;
            isOver = true;
            network.Restore();
            network.Dispose();
            optimizer.Dispose();
            player.Updates = updates;
            // What the guard was told is of weights that are gone.
            player.Guard?.Updated(null);
        }
    }
}
