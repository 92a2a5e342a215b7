namespace GanSharp.Data.Images;

/// <summary>What an image file that can't be decoded does to an <see cref="ImageFolder"/>.</summary>
public enum CorruptImagePolicy
{
    /// <summary>Loading fails with an error that names every such file.</summary>
    Refuse,

    /// <summary>The file is left out and named in <see cref="ImageFolder.Skipped"/>.</summary>
    Skip,
}
