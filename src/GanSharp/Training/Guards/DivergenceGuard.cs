using GanSharp.Objectives;
using GanSharp.Optimization.Flat;
using GanSharp.Players;
using GanSharp.Tensors;
using GanSharp.Training.Telemetry;
using TorchSharp;
using static TorchSharp.torch;

namespace GanSharp.Training.Guards;

/// <summary>
/// Checks each loss, gradient and update in its step, so that a NaN is found where it arises and before it spreads.
/// A problem is thrown, or, under <see cref="DivergencePolicy.SkipStep"/>, reported by returning false: the update is then skipped.
/// </summary>
internal sealed class DivergenceGuard : IStateful, IDisposable
{
    private readonly GuardOptions options;
    private readonly GuardedNetwork[] networks;
    private readonly int interval;
    private readonly TrainingWarnings warnings;
    private readonly (GuardedNetwork Owner, Tensor Buffer, Tensor Copy)[] buffers;
    private long step, consecutiveSkips;
    private bool isChecking, skipped;

    /// <param name="options">What is watched, and what happens then.</param>
    /// <param name="players">Who learns in a step, in order: the role in messages, the player, in which turn of the step it learns, and what may keep a state that its losses change.</param>
    /// <param name="isCpu">Whether the networks are on the CPU.</param>
    /// <param name="warnings">Told of skipped updates.</param>
    public DivergenceGuard(GuardOptions options, IReadOnlyList<(string Role, Player Player, int Turn, IEnumerable<object?> Parts)> players, bool isCpu, TrainingWarnings warnings)
    {
        (this.options, this.warnings) = (options, warnings);
        var skips = options.Policy == DivergencePolicy.SkipStep;
        networks = [.. players.Select(entry => new GuardedNetwork(this, entry.Role, entry.Player, entry.Turn, skips ? OwnState.OfAny(entry.Parts) : null))];
        foreach (var ((_, player, _, _), network) in players.Zip(networks))
            player.Guard = network;
        interval = options.Interval(isCpu);
        buffers = !skips ? []
            : [.. networks.SelectMany(network => network.Module.buffers().Select(buffer => (network, buffer, buffer.clone().DetachFromDisposeScope())))];
    }

    public IReadOnlyList<(string Name, Tensor Value)> State => [];

    public double[] Scalars
    {
        // The last to learn comes first: of a GAN, G.
        get => [consecutiveSkips, .. networks.Reverse().Select(network => network.Reference)];
        set
        {
            consecutiveSkips = (long)value[0];
            foreach (var (network, reference) in networks.Reverse().Zip(value.Skip(1)))
                network.Reference = reference;
        }
    }

    /// <summary>Begins a step.</summary>
    /// <param name="current">The step's number, counted from 1.</param>
    public void Begin(long current)
    {
        step = current;
        isChecking = current % interval == 0;
        skipped = false;
        foreach (var network in networks)
            network.SumOfSquaresOfStep = null;
        CopyBuffers(restore: false);
    }

    /// <summary>Checks the weights after all networks were updated.</summary>
    public void End()
    {
        if (!skipped)
            consecutiveSkips = 0;
        if (isChecking)
            CheckWeights(ofStep: true);
    }

    /// <summary>Throws if a network's weights aren't finite or have exploded.</summary>
    /// <exception cref="TrainingDivergedException">The message names the network, and the parameter if one is affected.</exception>
    public void CheckWeights() => CheckWeights(ofStep: false);

    /// <summary>Whether losses are finite; called before anything is computed from them.</summary>
    /// <param name="network">The network that minimizes them.</param>
    /// <param name="terms">The mean of each term, by its name.</param>
    public bool AcceptsLoss(GuardedNetwork network, IReadOnlyList<KeyValuePair<string, Tensor>> terms)
    {
        if (!isChecking)
            return true;
        foreach (var (name, term) in terms)
            if (term.ToDouble() is var value && !double.IsFinite(value))
                return Refuse(network, null, name == LossTerms.Adversarial ? FormattableString.Invariant($"{network.Role} loss {value}") : FormattableString.Invariant($"'{name}' of the {network.Role} {value}"));
        return true;
    }

    /// <summary>Whether the gradient of every parameter is finite; called before the optimizer uses it.</summary>
    public bool AcceptsGradients(GuardedNetwork network, FlatGradients gradients)
    {
        if (!isChecking || gradients.AreFinite())
            return true;
        return GuardedNetwork.FirstNonFinite(gradients) is var (parameter, value)
            ? Refuse(network, parameter, FormattableString.Invariant($"the gradient of parameter '{parameter}' of {network.Name} holds {value}"))
            : Refuse(network, null, $"the norm of the gradient of {network.Name} overflows");
    }

    public void Dispose()
    {
        foreach (var (_, _, copy) in buffers)
            copy.Dispose();
        foreach (var network in networks)
            network.Dispose();
    }

    private void CheckWeights(bool ofStep)
    {
        foreach (var network in networks)
        {
            var size = network.RootMeanSquareWeight(ofStep);
            if (!double.IsFinite(size))
                throw network.FirstNonFinite() is var (parameter, value)
                    ? Divergence(network, parameter, FormattableString.Invariant($"parameter '{parameter}' of {network.Name} holds {value}"))
                    : Divergence(network, null, $"the norm of the parameters of {network.Name} overflows");
            if (size > options.MaximumGrowth * network.Reference)
                throw Divergence(network, null, FormattableString.Invariant(
                    $"the weights of {network.Name} exploded: their root mean square is {size:G3}, more than {options.MaximumGrowth} times the {network.Reference:G3} they may grow from"));
        }
    }

    private bool Refuse(GuardedNetwork network, string? parameter, string finding)
    {
        if (options.Policy != DivergencePolicy.SkipStep)
            throw Divergence(network, parameter, finding);
        if (++consecutiveSkips > options.MaximumConsecutiveSkips)
            throw Divergence(network, parameter, $"{finding}, and {options.MaximumConsecutiveSkips} updates before it were skipped in a row");
        skipped = true;
        CopyBuffers(restore: true, of: network);
        network.RestoreParts();
        warnings.UpdateSkipped(step, finding, network.Role);
        return false;
    }

    /// <summary>Where D's update is refused, G's buffers stay as its pass left them: its graph, from which G is yet to learn in its turn, refers to them.</summary>
    private void CopyBuffers(bool restore, GuardedNetwork? of = null)
    {
        using var frozen = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (owner, buffer, copy) in buffers)
            if (of is null || owner.Turn <= of.Turn)
                (restore ? buffer : copy).copy_(restore ? copy : buffer);
    }

    private TrainingDivergedException Divergence(GuardedNetwork network, string? parameter, string finding) => new(step, finding, network.Role, parameter);
}
