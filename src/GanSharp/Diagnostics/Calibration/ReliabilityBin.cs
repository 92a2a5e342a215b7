using GanSharp.Estimates;

namespace GanSharp.Diagnostics.Calibration;

/// <summary>One point of a reliability curve: D's prediction for the samples in a bin, and how many of them were real.</summary>
/// <param name="MeanPrediction">Mean of D = σ(l) over the bin.</param>
/// <param name="ObservedFraction">Share of real samples with its 95% interval (Wilson 1927), both classes weighted equally. On the diagonal where D is calibrated.</param>
/// <param name="Count">Samples in the bin, of both classes.</param>
public readonly record struct ReliabilityBin(double MeanPrediction, Estimate ObservedFraction, long Count);
