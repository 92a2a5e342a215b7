using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace GanSharp.Live;

/// <summary>Decides who may ask: by the name that the request is for, the page that it comes from, its size, and the token.</summary>
/// <param name="token">What a client must show; null for nothing.</param>
/// <param name="isLoopback">Whether only this machine reaches the server.</param>
/// <param name="hostNames">Further names of this machine.</param>
internal sealed class RequestGuard(string? token, bool isLoopback, IReadOnlyList<string> hostNames)
{
    /// <summary>No request has a body of use.</summary>
    public const int LargestBody = 1024;

    private const string Bearer = "Bearer ";

    // The page's scripts and styles are files of this server; nothing else may run, be asked or show the page in a frame.
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public async Task Check(HttpContext context, RequestDelegate next)
    {
        var (request, response) = (context.Request, context.Response);
        var headers = response.Headers;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.CacheControl = "no-store";
        if (!IsOwnName(request.Host))
            await Refuse(context, StatusCodes.Status421MisdirectedRequest, "This server doesn't answer to that name. Add it to LivePageOptions.HostNames if it is this machine's.").ConfigureAwait(false);
        else if (request.ContentLength > LargestBody)
            await Refuse(context, StatusCodes.Status413PayloadTooLarge, $"A request must have at most {LargestBody} bytes.").ConfigureAwait(false);
        else if (ComesFromElsewhere(request))
            await Refuse(context, StatusCodes.Status403Forbidden, "Another site's page may not ask this server.").ConfigureAwait(false);
        else if (token is null || IsToken(request.Cookies[CookieOf(context)]) || request.Headers.Authorization.ToString() is var shown && shown.StartsWith(Bearer, StringComparison.Ordinal) && IsToken(shown[Bearer.Length..]))
            await next(context).ConfigureAwait(false);
        else if (HttpMethods.IsGet(request.Method) && request.Path == "/" && IsToken(request.Query["token"]))
        {
            response.Cookies.Append(CookieOf(context), token, new CookieOptions { HttpOnly = true, SameSite = SameSiteMode.Strict, Path = "/" });
            // The token must not stay in the address line and the history.
            response.Redirect("./");
        }
        else
            await Refuse(context, StatusCodes.Status401Unauthorized, "Open the address that the training printed: it holds the token.").ConfigureAwait(false);
    }

    /// <summary>Browsers keep cookies by the machine's name alone, and another run may be served there at another port.</summary>
    private static string CookieOf(HttpContext context) => string.Create(CultureInfo.InvariantCulture, $"gansharp-{context.Connection.LocalPort}");

    private static Task Refuse(HttpContext context, int status, string reason)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(reason, context.RequestAborted);
    }

    /// <summary>An address in numbers can't be rebound; a name can, so only known ones count. On loopback no other address makes sense.</summary>
    private bool IsOwnName(HostString host)
    {
        var name = host.Host.Trim('[', ']');
        if (hostNames.Contains(host.Host, StringComparer.OrdinalIgnoreCase) || name.Equals("localhost", StringComparison.OrdinalIgnoreCase))
            return true;
        return IPAddress.TryParse(name, out var address)
            ? IPAddress.IsLoopback(address) || !isLoopback
            : !isLoopback && name.Equals(Dns.GetHostName(), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Whether a browser says that another site's page sent it. A link to the page itself is fine.</summary>
    private static bool ComesFromElsewhere(HttpRequest request)
    {
        var isPage = HttpMethods.IsGet(request.Method) && !request.Path.StartsWithSegments("/api");
        if (isPage)
            return false;
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site)
            return site is not ("same-origin" or "none");
        // Of an older browser. Behind a proxy that speaks https, the scheme is another one.
        return request.Headers.Origin.ToString() is { Length: > 0 } origin && !(Uri.TryCreate(origin, UriKind.Absolute, out var from) && from.Authority.Equals(request.Host.Value, StringComparison.OrdinalIgnoreCase));
    }

    private bool IsToken(string? shown) => shown is not null && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(shown)), SHA256.HashData(Encoding.UTF8.GetBytes(token!)));
}
