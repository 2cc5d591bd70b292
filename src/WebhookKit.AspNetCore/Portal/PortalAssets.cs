using System.Buffers.Text;
using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace WebhookKit.AspNetCore.Portal;

/// <summary>The files of the page, out of this assembly.</summary>
internal sealed class PortalAssets
{
    private const string Prefix = "WebhookKit.Portal/";
    private const string PageName = "index.html";

    private static readonly Lazy<PortalAssets> Shared = new(Load);

    private readonly FrozenDictionary<string, PortalAsset> _assets;

    private PortalAssets(IReadOnlyCollection<PortalAsset> assets, string page)
    {
        _assets = assets.ToFrozenDictionary(a => a.Path, StringComparer.Ordinal);
        Page = page;
        Version = HashOf(Encoding.UTF8.GetBytes(string.Join('\n', assets.Select(a => $"{a.Path} {a.ETag}").Order(StringComparer.Ordinal))));
    }

    public static PortalAssets Instance => Shared.Value;

    /// <summary>
    /// Stands in the address of each asset. It changes with any of them, so that each can be kept for ever and yet no page loads modules
    /// of two versions: they name one another relatively.
    /// </summary>
    public string Version { get; }

    /// <summary>The page, with places to fill in.</summary>
    public string Page { get; }

    public IEnumerable<string> Modules => _assets.Keys.Where(p => p.EndsWith(".js", StringComparison.Ordinal)).Order(StringComparer.Ordinal);

    public PortalAsset? Find(string path) => _assets.GetValueOrDefault(path);

    public static string HashOf(ReadOnlySpan<byte> bytes) => Base64Url.EncodeToString(SHA256.HashData(bytes).AsSpan(0, 12));

    private static PortalAssets Load()
    {
        var assembly = typeof(PortalAssets).Assembly;
        List<PortalAsset> assets = [];
        var page = "";
        foreach (var name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);

            // A build on Windows names folders with the other slash.
            var path = name[Prefix.Length..].Replace('\\', '/');
            if (path == PageName) page = Encoding.UTF8.GetString(bytes);
            else if (ContentTypeOf(path) is { } contentType) assets.Add(new PortalAsset(path, contentType, bytes, $"\"{HashOf(bytes)}\""));
        }

        return new PortalAssets(assets, page);
    }

    private static string? ContentTypeOf(string path) => Path.GetExtension(path) switch
    {
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".txt" => "text/plain; charset=utf-8",
        _ => null,
    };
}
