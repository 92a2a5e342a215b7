namespace GanSharp.Data.Images;

/// <summary>What an <see cref="ImageFolder"/> does with an image file that can't be decoded.</summary>
public enum CorruptImagePolicy
{
    /// <summary>Loading fails with an error that names every such file.</summary>
    Refuse,

    /// <summary>The file is skipped and listed in <see cref="ImageFolder.Skipped"/>.</summary>
    Skip,
}
