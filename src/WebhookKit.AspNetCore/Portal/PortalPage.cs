using System.Text;
using System.Text.Encodings.Web;

namespace WebhookKit.AspNetCore.Portal;

/// <summary>The page of one portal. All that it names is named relatively, so that it works wherever it is mounted, also behind a proxy that changes paths.</summary>
internal sealed class PortalPage
{
    public PortalPage(PortalAssets assets, WebhookPortalOptions options)
    {
        var preloads = assets.Modules.Select(m => $"<link rel=\"modulepreload\" href=\"assets/{assets.Version}/{m}\">");
        var page = assets.Page
            .Replace("{{version}}", assets.Version, StringComparison.Ordinal)
            .Replace("{{preloads}}", string.Join("\n  ", preloads), StringComparison.Ordinal)
            .Replace("{{home}}", HtmlEncoder.Default.Encode(options.HomeUrl ?? ""), StringComparison.Ordinal)

            // Last, so that nothing is filled into the host's words.
            .Replace("{{title}}", HtmlEncoder.Default.Encode(options.Title), StringComparison.Ordinal);
        Bytes = Encoding.UTF8.GetBytes(page);
        ETag = $"\"{PortalAssets.HashOf(Bytes)}\"";
    }

    public byte[] Bytes { get; }

    public string ETag { get; }
}
