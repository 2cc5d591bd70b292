using Microsoft.AspNetCore.Http;

namespace WebhookKit.AspNetCore.Portal;

/// <summary>What the answers of a portal forbid browsers to do.</summary>
internal sealed class PortalHeaders(WebhookPortalOptions options)
{
    /// <summary>Nothing from elsewhere, nothing inline, and no text can become a script.</summary>
    private readonly string _policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'none'; " +
        $"form-action 'none'; frame-ancestors {options.FrameAncestors}; require-trusted-types-for 'script'; trusted-types 'none'";

    public void AddTo(HttpResponse response)
    {
        var headers = response.Headers;
        headers.ContentSecurityPolicy = _policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }
}
