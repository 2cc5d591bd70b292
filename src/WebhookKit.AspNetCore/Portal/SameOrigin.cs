using Microsoft.AspNetCore.Http;
using WebhookKit.AspNetCore.Api;

namespace WebhookKit.AspNetCore.Portal;

/// <summary>
/// Refuses changes that another site makes a signed-in browser ask for. Browsers say where a request comes from, and send JSON to another
/// site only after they have asked it, which nothing here allows.
/// </summary>
internal static class SameOrigin
{
    public static void ThrowIfForeign(HttpRequest request)
    {
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) return;
        if (IsForeign(request)) throw new ApiException(StatusCodes.Status403Forbidden, "The request comes from another site.");

        // A DELETE is none that another site could send unasked; the others could be, as a form or as plain text.
        if (!HttpMethods.IsDelete(request.Method) && !IsJson(request.ContentType))
            throw new ApiException(StatusCodes.Status415UnsupportedMediaType, "The portal takes application/json only.");
    }

    private static bool IsForeign(HttpRequest request)
    {
        if (request.Headers["Sec-Fetch-Site"].ToString() is { Length: > 0 } site) return site is not ("same-origin" or "none");
        if (request.Headers.Origin.ToString() is not { Length: > 0 } origin) return false;

        // The scheme is left out of account: a proxy that ends TLS changes it.
        return !Uri.TryCreate(origin, UriKind.Absolute, out var uri) || !string.Equals(uri.Authority, AuthorityOf(uri, request.Host), StringComparison.OrdinalIgnoreCase);
    }

    private static string AuthorityOf(Uri origin, HostString host) =>
        host.Port is { } port && !(origin.IsDefaultPort && port == origin.Port) ? $"{host.Host}:{port}" : host.Host;

    private static bool IsJson(string? contentType) =>
        contentType is not null && contentType.Split(';')[0].Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase);
}
