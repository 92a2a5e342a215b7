namespace GanSharp.Benchmarks.Feeding;

/// <summary>Where the batches of a measurement come from.</summary>
internal enum FeedSource
{
    /// <summary>Streamed to nobody, by one thread: how fast a core decodes.</summary>
    DecodeOnly,

    /// <summary>Decoded into memory beforehand.</summary>
    Memory,

    /// <summary>Streamed with the library's defaults.</summary>
    Stream,

    /// <summary>Streamed, each batch decoded when it is wanted.</summary>
    StreamWithoutReadingAhead,
}
