namespace GanSharp.Networks.Latents;

/// <summary>How a path leads from one latent vector to another.</summary>
public enum LatentInterpolation
{
    /// <summary>
    /// The direction along the great circle, the length linearly (slerp, White 2016): for priors that look alike in all directions. On a straight path between two normal vectors, the
    /// middle has a length that the prior almost never draws. On the sphere, and for a generator that normalizes its latents, it is the slerp of Karras et al. (2019).
    /// </summary>
    Spherical,

    /// <summary>A straight line: for priors on a cube.</summary>
    Linear,
}
