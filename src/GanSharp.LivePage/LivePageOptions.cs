using System.Net;
using Microsoft.Extensions.Logging;

namespace GanSharp.Live;

/// <summary>Where a live page is served, and to whom.</summary>
public sealed record LivePageOptions
{
    /// <summary>The address to listen on. Default: loopback (127.0.0.1), which only programs of this machine reach. At any other one a token is required.</summary>
    public IPAddress Address { get; init; } = IPAddress.Loopback;

    /// <summary>The port to listen on, 0 to 65,535. Default 0: a free one, which the system chooses.</summary>
    public int Port { get; init; }

    /// <summary>
    /// What a client must show: as <c>Authorization: Bearer …</c>, or once as <c>?token=…</c>, which becomes a cookie. At least 16 characters. Null (the default): none on loopback, a random one elsewhere;
    /// <see cref="LivePage.Address"/> holds it. Set one on a machine with users who mustn't see the run: loopback is open to all of them.
    /// </summary>
    public string? Token { get; init; }

    /// <summary>Further names by which browsers call this machine, such as that of a proxy. Requests for other names are refused, because any web site can give its own name this machine's address (DNS rebinding). Default: none.</summary>
    public IReadOnlyList<string> HostNames { get; init; } = [];

    /// <summary>A folder whose subfolders are runs to compare with. Null (the default): the folder that holds this run's.</summary>
    public string? CompareWith { get; init; }

    /// <summary>Pages that may listen at once, at least 1; further ones are refused. Default 64.</summary>
    public int MaximumClients { get; init; } = 64;

    /// <summary>Whether the page goes on until the process ends, when the run is over. Default false.</summary>
    public bool KeepServing { get; init; }

    /// <summary>Who is told the address and what goes wrong. Null (the default): the address is printed on the console, once, and nothing else.</summary>
    public ILogger? Logger { get; init; }

    internal void ThrowIfInvalid()
    {
        ArgumentNullException.ThrowIfNull(Address);
        ArgumentNullException.ThrowIfNull(HostNames);
        if (Port is < 0 or > IPEndPoint.MaxPort)
            throw new ArgumentOutOfRangeException(nameof(Port), Port, $"LivePageOptions.Port must be 0 to {IPEndPoint.MaxPort} but is {Port}.");
        if (MaximumClients < 1)
            throw new ArgumentOutOfRangeException(nameof(MaximumClients), MaximumClients, $"LivePageOptions.MaximumClients must be at least 1 but is {MaximumClients}.");
        if (Token is { } token && (token.Length < ShortestToken || !token.All(IsTokenCharacter)))
            throw new ArgumentException($"LivePageOptions.Token must have at least {ShortestToken} characters, each a letter, a digit, - or _.", nameof(Token));
    }

    private const int ShortestToken = 16;

    private static bool IsTokenCharacter(char character) => char.IsAsciiLetterOrDigit(character) || character is '-' or '_';
}
