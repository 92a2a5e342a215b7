using System.Numerics;
using GanSharp.Networks;
using GanSharp.Objectives;
using GanSharp.Penalties;
using static TorchSharp.torch;

namespace GanSharp.Tests.ExecutablePaper;

/// <summary>
/// Two networks of a few float64 parameters that play an objective by plain gradient descent, with expectations as weighted sums:
/// small enough for its flow to be linearised. The trainer is not used here because its optimizer is Adam.
/// </summary>
internal sealed class Game(GeneratorNetwork generator, DiscriminatorNetwork discriminator, LogitObjective objective, params DiscriminatorPenalty[] penalties) : IDisposable
{
    /// <summary>Points of the data, shape [N, 1].</summary>
    public required Tensor Real { get; init; }

    /// <summary>Latent vectors, shape [N, 1].</summary>
    public required Tensor Latents { get; init; }

    /// <summary>Share of each real point and of each latent vector in its expectation, shape [N].</summary>
    public required Tensor Weights { get; init; }

    /// <summary>Parameters of G, then of D.</summary>
    public double[] Position
    {
        get => [.. Parameters().SelectMany(parameter => parameter.detach().data<double>().ToArray())];
        set
        {
            using var frozen = no_grad();
            var start = 0;
            foreach (var parameter in Parameters())
            {
                using var part = tensor(value[start..(start += (int)parameter.numel())]);
                parameter.copy_(part.view(parameter.shape));
            }
        }
    }

    public double Radius => Math.Sqrt(Position.Sum(value => value * value));

    /// <summary>The continuous flow: both players descend their own loss at once.</summary>
    public double[] Velocity() => [.. GeneratorVelocity(), .. DiscriminatorVelocity()];

    /// <summary>A step of D (equation 20), then one of G against the new D (equation 21).</summary>
    public void Alternate(double rate, int steps)
    {
        for (var step = 0; step < steps; step++)
        {
            var zeros = new double[generator.parameters().Sum(parameter => parameter.numel())];
            Move([.. zeros, .. DiscriminatorVelocity()], rate);
            var generatorVelocity = GeneratorVelocity();
            Move([.. generatorVelocity, .. new double[Position.Length - generatorVelocity.Length]], rate);
        }
    }

    /// <summary>A step of both players at once.</summary>
    public void StepTogether(double rate) => Move(Velocity(), rate);

    /// <summary>Eigenvalues of the flow's Jacobian here, by central differences, sorted.</summary>
    public Complex[] Eigenvalues()
    {
        const double Step = 1e-5;
        using var scope = NewDisposeScope();
        var here = Position;
        double[] VelocityAt(int index, double change)
        {
            var there = here.ToArray();
            there[index] += change;
            Position = there;
            return Velocity();
        }
        var columns = here.Select((_, index) => VelocityAt(index, Step).Zip(VelocityAt(index, -Step), (above, below) => (above - below) / (2 * Step)).ToArray()).ToArray();
        Position = here;
        var eigenvalues = linalg.eigvals(stack(columns.Select(column => tensor(column)), 1));
        var (real, imaginary) = (eigenvalues.real.data<double>().ToArray(), eigenvalues.imag.data<double>().ToArray());
        return [.. real.Zip(imaginary, (x, y) => new Complex(x, y)).OrderBy(value => Math.Round(value.Real, 3)).ThenBy(value => value.Imaginary)];
    }

    public void Dispose()
    {
        generator.Dispose();
        discriminator.Dispose();
    }

    private IEnumerable<Tensor> Parameters() => generator.parameters().Concat(discriminator.parameters());

    private double[] DiscriminatorVelocity()
    {
        using var scope = NewDisposeScope();
        JudgedSamples Judge(Tensor samples)
        {
            var leaf = samples.detach().requires_grad_(true);
            return new JudgedSamples(leaf, discriminator.call(leaf, null), null);
        }
        var pass = new DiscriminatorPass(discriminator, Judge(Real), Judge(generator.call(Latents, null)), step: 0, () => new Generator(3))
        {
            Generator = generator,
            Latents = Latents,
        };
        var losses = penalties.Aggregate(objective.DiscriminatorLoss(pass.Real.Logits, pass.Fake.Logits), (sum, penalty) => sum + penalty.Evaluate(pass));
        return Downhill(losses, discriminator);
    }

    private double[] GeneratorVelocity()
    {
        using var scope = NewDisposeScope();
        var real = objective.GeneratorNeedsReal ? discriminator.call(Real, null).Logits : null;
        return Downhill(objective.GeneratorLoss(discriminator.call(generator.call(Latents, null), null).Logits, real), generator);
    }

    private double[] Downhill(Tensor losses, nn.Module player) =>
        [.. autograd.grad([(losses * Weights).sum()], [.. player.parameters()]).SelectMany(gradient => (-gradient).data<double>().ToArray())];

    private void Move(double[] velocity, double rate) => Position = [.. Position.Zip(velocity, (value, speed) => value + rate * speed)];
}
