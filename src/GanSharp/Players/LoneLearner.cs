using GanSharp.Optimization;
using GanSharp.Optimization.Flat;
using GanSharp.Schedules;
using static TorchSharp.torch.nn;

namespace GanSharp.Players;

/// <summary>Adam for a network whose opponent stands still: an ordinary minimization, unlike a game.</summary>
internal static class LoneLearner
{
    // 0.9 is Adam's own default; a GAN's lower value is for a target that moves.
    private const double Beta1 = 0.9, LastLearningRateShare = 0.01;

    /// <summary>A player whose rate falls along half a cosine to a hundredth.</summary>
    /// <param name="network">The network.</param>
    /// <param name="learningRate">Where the rate starts.</param>
    /// <param name="steps">Updates that it will make.</param>
    /// <param name="parameters">Its flat parameters, where somebody has them already; null to make them.</param>
    public static Player Create(Module network, double learningRate, int steps, FlatParameters? parameters = null) => new(
        network,
        new AdamOptions { LearningRate = Schedule.Cosine(learningRate, learningRate * LastLearningRateShare, steps), Beta1 = Beta1 },
        Precision.Float32,
        parameters);
}
