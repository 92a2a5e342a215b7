namespace GanSharp.Networks.Normalization;

/// <summary>
/// Marks a module that bounds how steep a network can be, such as a spectrally normalized layer (Miyato et al. 2018). A trainer whose objective needs a Lipschitz critic
/// warns where nothing in D does so.
/// </summary>
public interface ILipschitzConstraint;
