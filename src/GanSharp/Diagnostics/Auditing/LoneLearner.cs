using GanSharp.Optimization;
using GanSharp.Schedules;

namespace GanSharp.Diagnostics.Auditing;

/// <summary>Adam for a network whose opponent stands still: an ordinary minimization, unlike a game.</summary>
internal static class LoneLearner
{
    // 0.9 is Adam's own default; a GAN's lower value is for a target that moves.
    private const double Beta1 = 0.9, LastLearningRateShare = 0.01;

    /// <summary>A fresh optimizer whose rate falls along half a cosine to a hundredth.</summary>
    public static Adam Optimizer(FlatParameters parameters, double learningRate, int steps) => new(parameters, new AdamOptions
    {
        LearningRate = Schedule.Cosine(learningRate, learningRate * LastLearningRateShare, steps),
        Beta1 = Beta1,
    });
}
