using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Http.Features;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>The URI of a request as its sender wrote it, as far as that has come here: a proxy's word counts where the host lets it.</summary>
internal static class RequestTarget
{
    public static Uri? Of(HttpContext context)
    {
        var request = context.Request;
        var raw = context.Features.Get<IHttpRequestFeature>()?.RawTarget;
        var text = raw is ['/', ..] && (!request.PathBase.HasValue || raw.StartsWith(request.PathBase.ToUriComponent(), StringComparison.Ordinal))
            ? $"{request.Scheme}://{request.Host.ToUriComponent()}{raw}"
            : request.GetEncodedUrl();
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) ? uri : null;
    }
}
