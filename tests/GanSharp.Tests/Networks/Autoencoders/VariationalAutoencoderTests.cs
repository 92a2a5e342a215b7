using FluentAssertions;
using GanSharp.Data.Images;
using GanSharp.Networks;
using GanSharp.Networks.Autoencoders;
using GanSharp.Optimization;
using GanSharp.Players;
using GanSharp.Randomness;
using Xunit;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace GanSharp.Tests.Networks.Autoencoders;

/// <summary>The parts of a VAE against their formulas, and the whole against a model whose likelihood is known.</summary>
public sealed class VariationalAutoencoderTests : IDisposable
{
    private readonly TorchSharp.DisposeScope scope = NewDisposeScope();

    public void Dispose() => scope.Dispose();

    [Fact]
    public void A_likelihood_outlives_the_scope_in_which_it_was_made()
    {
        GaussianLikelihood likelihood;
        using (NewDisposeScope())
            likelihood = new GaussianLikelihood(2);

        likelihood.StandardDeviation.Should().BeApproximately(2, 1e-6);
        likelihood.Dispose();
    }

    [Fact]
    public void The_bound_is_the_likelihood_where_the_posterior_is_exact()
    {
        // x = W z + b + σ ε with orthogonal columns of W (probabilistic PCA, Tipping and Bishop 1999): the posterior of z is a diagonal Gaussian,
        // so the bound has no gap and equals ln N(x; b, W Wᵀ + σ² I).
        double[] lengths = [2, 0.5];
        double[] offset = [1, -1, 0.5];
        const double Sigma = 0.3;
        using var vae = new VariationalAutoencoder(new ExactEncoder(lengths, offset, Sigma), new LinearDecoder(lengths, offset), new GaussianLikelihood(Sigma));
        double[] x = [1.8, -0.7, 0.9];
        double[] variances = [(lengths[0] * lengths[0]) + (Sigma * Sigma), (lengths[1] * lengths[1]) + (Sigma * Sigma), Sigma * Sigma];
        var likelihood = Enumerable.Range(0, 3).Sum(i => -(Math.Pow(x[i] - offset[i], 2) / variances[i] + Math.Log(2 * Math.PI * variances[i])) / 2);
        using var random = SeededRandom.Create(0, "posterior");

        using var frozen = no_grad();
        var bound = vae.Bound(tensor(x.Select(value => (float)value).ToArray(), [1, 3]).expand(200_000, 3), random: random);

        // One draw of z has a standard deviation of about 1 nat.
        bound.Value.mean().item<float>().Should().BeApproximately((float)likelihood, 0.01f);
        (bound.Reconstruction.mean() - bound.KullbackLeibler.sum(1).mean()).item<float>().Should().BeApproximately((float)likelihood, 0.01f);
    }

    [Fact]
    public void The_divergence_of_a_coordinate_is_that_of_Gaussians()
    {
        var q = new LatentGaussian(tensor(new[] { 0.0, 1.5, -2.0 }, [1, 3]), tensor(new[] { 0.0, 2 * Math.Log(0.2), 2 * Math.Log(3) }, [1, 3]));

        var divergence = q.KullbackLeibler();

        double Expected(double mean, double deviation) => -Math.Log(deviation) + (deviation * deviation + mean * mean - 1) / 2;
        divergence.data<double>().Should().Equal(new[] { 0, Expected(1.5, 0.2), Expected(-2, 3) }, (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Fact]
    public void Likelihoods_are_their_formulas()
    {
        var (x, output) = (tensor(new[] { 0.5f, -1, 1, 0.2f }, [2, 1, 2]), tensor(new[] { 0.1f, -0.5f, 1, 0.2f }, [2, 1, 2]));

        new GaussianLikelihood(0.5).call(x, output).data<float>().Should().Equal(
            new[] { (float)(-(0.16 + 0.25) / 0.5 - Math.Log(2 * Math.PI * 0.25)), (float)-Math.Log(2 * Math.PI * 0.25) }, (a, b) => Math.Abs(a - b) < 1e-5);
        double Cross(double white, double mean) => white * Math.Log(mean) + (1 - white) * Math.Log(1 - mean);
        new BernoulliLikelihood().call(x, output).data<float>().Should().Equal(
            new[] { (float)(Cross(0.75, 0.55) + Cross(0, 0.25)), (float)(Math.Log(1 - 5e-7) + Cross(0.6, 0.6)) }, (a, b) => Math.Abs(a - b) < 1e-5);
    }

    [Fact]
    public void A_saturated_decoder_has_a_finite_cross_entropy_and_gradient()
    {
        var output = tensor(new[] { 1f, -1f }, [1, 2]).requires_grad_(true);

        var value = new BernoulliLikelihood().call(tensor(new[] { -1f, 1f }, [1, 2]), output);
        value.sum().backward();

        value.item<float>().Should().BeInRange(-32, -25);
        output.grad!.isfinite().all().item<bool>().Should().BeTrue();
    }

    [Fact]
    public void The_gradient_is_that_of_finite_differences()
    {
        var mean = tensor(new[] { 0.3, -0.8 }, [1, 2]).requires_grad_(true);
        var logVariance = tensor(new[] { -0.5, 0.4 }, [1, 2]).requires_grad_(true);
        double Loss(Tensor m, Tensor v)
        {
            using var random = SeededRandom.Create(0, "noise");
            var q = new LatentGaussian(m, v);
            return new EvidenceLowerBound(-q.Sample(random).pow(4).sum(1), q.KullbackLeibler()).Loss(beta: 0.7).item<double>();
        }
        using (var random = SeededRandom.Create(0, "noise"))
        {
            var q = new LatentGaussian(mean, logVariance);
            new EvidenceLowerBound(-q.Sample(random).pow(4).sum(1), q.KullbackLeibler()).Loss(beta: 0.7).backward();
        }
        const double Step = 1e-5;
        using var frozen = no_grad();
        foreach (var column in new[] { 0, 1 })
        {
            var step = zeros(1, 2, ScalarType.Float64);
            step[0, column] = Step;
            mean.grad![0, column].item<double>().Should().BeApproximately((Loss(mean + step, logVariance) - Loss(mean - step, logVariance)) / (2 * Step), 1e-6);
            logVariance.grad![0, column].item<double>().Should().BeApproximately((Loss(mean, logVariance + step) - Loss(mean, logVariance - step)) / (2 * Step), 1e-6);
        }
    }

    [Fact]
    public void Free_bits_cost_what_is_allowed_and_press_no_lower()
    {
        var divergence = tensor(new[] { 0.1, 3.0, 0.3, 1.0 }, [2, 2]).requires_grad_(true);
        var bound = new EvidenceLowerBound(tensor(new[] { -5.0, -7.0 }), divergence);

        bound.Loss().item<double>().Should().BeApproximately(6 + 0.2 + 2, 1e-12);
        bound.Loss(beta: 2).item<double>().Should().BeApproximately(6 + 2 * 2.2, 1e-12);
        var loss = bound.Loss(freeBits: 0.5);
        loss.item<double>().Should().BeApproximately(6 + 0.5 + 2, 1e-12);
        loss.backward();
        divergence.grad!.data<double>().Should().Equal(0, 0.5, 0, 0.5);
        FluentActions.Invoking(() => bound.Loss(beta: double.NaN)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("beta must be finite and at least 0.*");
        FluentActions.Invoking(() => bound.Loss(freeBits: -1)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("freeBits must be finite and at least 0.*");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_player_trains_one_of_images_and_its_decoder_is_a_generator(bool convolutional)
    {
        var shape = new ImageShape(1, 8, 8);
        manual_seed(0);
        EncoderNetwork encoder = convolutional ? new DcganEncoder(shape, 4, width: 8) : new MlpEncoder(shape, 32, 4);
        GeneratorNetwork decoder = convolutional ? new DcganGenerator(shape, 4, width: 8) : new MlpGenerator(4, 32, shape);
        using var vae = new VariationalAutoencoder(encoder, decoder);
        using var player = new Player(vae, new AdamOptions { LearningRate = 1e-2, Beta1 = 0.9 });
        // Images of one gray each.
        var images = linspace(-0.8, 0.8, 64, ScalarType.Float32).view(64, 1, 1, 1).expand(64, 1, 8, 8).contiguous();
        double Bound()
        {
            using var frozen = no_grad();
            return vae.call(images, null).Value.mean().item<float>();
        }
        var before = Bound();
        void Step()
        {
            using var step = NewDisposeScope();
            player.Descend(vae.call(images, null).Loss());
        }

        for (var step = 0; step < 400; step++)
            Step();

        Bound().Should().BeGreaterThan(before + 30);
        ((GaussianLikelihood)vae.Likelihood).StandardDeviation.Should().BeLessThan(0.5, "it started at 1 and is learned");
        (vae.Reconstruct(images) - images).abs().mean().item<float>().Should().BeLessThan(0.2f);
        vae.Decoder.Sample(5).shape.Should().Equal(5, 1, 8, 8);
        LiveTensors.Grown(Step).Should().Be(0);
        vae.training.Should().BeTrue("Reconstruct puts the mode back");
    }

    [Fact]
    public void Parts_that_do_not_fit_are_refused()
    {
        var encoder = new MlpEncoder(2, 8, 3);
        FluentActions.Invoking(() => new VariationalAutoencoder(encoder, new MlpGenerator(2, 8, 2))).Should().Throw<ArgumentException>().WithMessage("decoder must take latents of the encoder's size, 3, but takes 2.*");
        FluentActions.Invoking(() => new VariationalAutoencoder(encoder, new MlpGenerator(3, 8, 2, prior: LatentPrior.Uniform(3)))).Should().Throw<ArgumentException>().WithMessage("decoder.Prior must be standard normal*");
        FluentActions.Invoking(() => new GaussianLikelihood(0)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("standardDeviation must be finite and above 0.*");
        using var vae = new VariationalAutoencoder(encoder, new MlpGenerator(3, 8, 5));
        FluentActions.Invoking(() => vae.call(zeros(4, 2), null)).Should().Throw<NetworkException>().WithMessage("MlpGenerator.forward must return samples of shape [4, 2], like those that are encoded, but returned [4, 5].");
    }

    private sealed class LinearDecoder : GeneratorNetwork
    {
        private readonly Tensor lengths, offset;

        public LinearDecoder(double[] lengths, double[] offset)
            : base(nameof(LinearDecoder), LatentPrior.Normal(2)) => (this.lengths, this.offset) = (tensor(lengths).@float(), tensor(offset).@float());

        public override Tensor forward(Tensor latents, Tensor? labels) => functional.pad(latents * lengths, (0, 1)) + offset;
    }

    private sealed class ExactEncoder(double[] lengths, double[] offset, double sigma) : EncoderNetwork(nameof(ExactEncoder), 2)
    {
        public override LatentGaussian forward(Tensor samples)
        {
            var columns = tensor(lengths).@float();
            var variance = 1 / (1 + columns.square() / (sigma * sigma));
            var mean = variance * columns * (samples - tensor(offset).@float()).narrow(1, 0, 2) / (sigma * sigma);
            return new LatentGaussian(mean, variance.log().expand(mean.shape));
        }
    }
}
