using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace GanSharp.Reporting.Page;

/// <summary>The files that the page is made of, which are inside this assembly: one front end for the file <c>report.html</c> and for a server that shows a run as it goes.</summary>
public static class PageAssets
{
    private const string Head = "<!--head-->", Scripts = "<!--scripts-->";
    private static readonly string[] Styles = ["uPlot.css", "page.css"], Code = ["uPlot.js", "charts.js", "page.js"];

    /// <summary>Style sheets and scripts by name, as UTF-8; the page of <see cref="Linked"/> asks for them beside itself, under <c>assets/</c>.</summary>
    public static IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Files { get; } = Styles.Concat(Code).ToFrozenDictionary(name => name, name => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(Text(name)));

    /// <summary>The page that asks its server for everything: <c>assets/…</c> and <c>api/…</c>.</summary>
    public static string Linked { get; } = Template(
        string.Concat(Styles.Select(name => $"<link rel=\"stylesheet\" href=\"assets/{name}\">\n")),
        string.Concat(Code.Select(name => $"<script src=\"assets/{name}\"></script>\n")));

    /// <summary>The page with everything inside; it may ask for nothing, and runs no script but its own (by their hashes).</summary>
    /// <param name="data">The runs, as JSON in which no &lt; stands.</param>
    internal static string Whole(string data)
    {
        var (styles, code) = (Styles.Select(Text).ToArray(), Code.Select(Text).ToArray());
        var policy = $"default-src 'none'; img-src data:; style-src {string.Join(' ', styles.Select(Hash))}; script-src {string.Join(' ', code.Select(Hash))}; base-uri 'none'; form-action 'none'";
        return Template(
            $"<meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\n{string.Concat(styles.Select(style => $"<style>{style}</style>\n"))}",
            $"<script type=\"application/json\" id=\"run-data\">{data}</script>\n{string.Concat(code.Select(script => $"<script>{script}</script>\n"))}");
    }

    private static string Template(string head, string scripts) => Resource("page.html").Replace(Head, head, StringComparison.Ordinal).Replace(Scripts, scripts, StringComparison.Ordinal);

    private static string Hash(string text) => $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}'";

    // uPlot's license wants to be where its code is.
    private static string Text(string name) => name == "uPlot.js" ? $"/*\n{Resource("uPlot.LICENSE.txt")}\n*/\n{Resource(name)}" : Resource(name);

    private static string Resource(string name)
    {
        using var stream = typeof(PageAssets).Assembly.GetManifestResourceStream($"GanSharp.Reporting.Page.{name}")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().Replace("\r\n", "\n", StringComparison.Ordinal);
    }
}
