using GanSharp.Data;
using GanSharp.Networks;
using GanSharp.Networks.Autoencoders;
using GanSharp.Runtime;
using GanSharp.Training.Runs;
using static TorchSharp.torch;

namespace GanSharp.Training.Autoencoders;

/// <summary>
/// Trains a variational autoencoder as <c>GanTrainer</c> trains a GAN: reports, checkpoints, guards, metrics and samples are the same. It is what a GAN is compared with, and what it
/// trains as a generator is the decoder.
/// </summary>
public sealed class AutoencoderTrainer : Trainer<AutoencoderReport>
{
    private readonly AutoencoderParts parts;

    /// <summary>Checks options, data and networks, and moves the networks' parameters into flat buffers.</summary>
    /// <param name="autoencoder">The VAE, on the device to train on; the caller disposes it.</param>
    /// <param name="data">Samples of p_d; the caller disposes it.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <exception cref="ArgumentException">An option is invalid; the message lists every fault.</exception>
    /// <exception cref="NetworkException">The VAE can't be trained on this data, or belongs to another trainer; the message names the part and what to do.</exception>
    /// <exception cref="InvalidDatasetException">The data returns other samples than it promises.</exception>
    /// <exception cref="ObjectDisposedException">The VAE or the data was disposed.</exception>
    public AutoencoderTrainer(VariationalAutoencoder autoencoder, Dataset data, AutoencoderOptions? options = null)
        : base(data)
    {
        ArgumentNullException.ThrowIfNull(autoencoder);
        ArgumentNullException.ThrowIfNull(data);
        Options = options ?? new AutoencoderOptions();
        Options.ThrowIfInvalid(data);
        parts = new AutoencoderParts(autoencoder, data, Options, Gate);
        Autoencoder = autoencoder;
        data.IsTrainedOn = true;
        State.Warnings.AddRange(new[] { ArgumentLifetime.WarnOnce(), ComputeTuning.WarnOnce(get_num_threads(), Environment.ProcessorCount) }.OfType<string>());
        autoencoder.train();
    }

    /// <summary>The VAE as it trains. <see cref="Trainer{TReport}.Sample(int, long, Tensor?, long?)"/> and <see cref="Trainer{TReport}.UseAverage"/> give the average of its decoder.</summary>
    public VariationalAutoencoder Autoencoder { get; }

    /// <summary>The options in force.</summary>
    public AutoencoderOptions Options { get; }

    internal override TrainerParts Parts => parts;

    internal override RunOptions Settings => Options;

    internal override SortedDictionary<string, string> Describe()
    {
        const string Name = nameof(Options.Optimizer);
        var description = OptionsDescription.Of(
            Options, Data, ($"{Name}.Encoder", Options.Optimizer, Autoencoder.Encoder), ($"{Name}.Decoder", Options.Optimizer, Autoencoder.Decoder), ($"{Name}.Likelihood", Options.Optimizer, Autoencoder.Likelihood));
        description["Encoder"] = Autoencoder.Encoder.GetType().Name;
        description["Decoder"] = Autoencoder.Decoder.GetType().Name;
        description["Likelihood"] = Autoencoder.Likelihood.GetType().Name;
        return description;
    }

    internal override ReportDraft<AutoencoderReport> Draft() => new AutoencoderDraft(this, parts.Statistics.Read());
}
