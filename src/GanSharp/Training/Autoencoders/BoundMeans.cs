namespace GanSharp.Training.Autoencoders;

/// <summary>Means over the updates since the last report, in nats per sample.</summary>
/// <param name="HasUpdates">Whether there was an update.</param>
/// <param name="Loss">What was minimized.</param>
/// <param name="Reconstruction">ln p(x ∣ z).</param>
/// <param name="KullbackLeibler">KL(q(z ∣ x) ‖ p(z)).</param>
internal readonly record struct BoundMeans(bool HasUpdates, double Loss, double Reconstruction, double KullbackLeibler);
