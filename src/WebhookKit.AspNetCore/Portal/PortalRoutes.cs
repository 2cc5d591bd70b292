using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace WebhookKit.AspNetCore.Portal;

/// <summary>Serves the page and its assets.</summary>
internal sealed class PortalRoutes(WebhookPortalOptions options, PortalHeaders headers)
{
    private const string ForEver = "public, max-age=31536000, immutable";
    private const string AskAgain = "no-cache";

    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    private readonly PortalAssets _assets = PortalAssets.Instance;
    private readonly PortalPage _page = new(PortalAssets.Instance, options);

    public void Map(RouteGroupBuilder group)
    {
        group.MapMethods("/", Methods, (RequestDelegate)ShowPageAsync);
        group.MapMethods("/assets/{version}/{**path}", Methods, (RequestDelegate)ShowAssetAsync);
    }

    private Task ShowPageAsync(HttpContext context)
    {
        headers.AddTo(context.Response);
        var path = (context.Request.PathBase + context.Request.Path).ToUriComponent();
        if (path.EndsWith('/')) return WriteAsync(context, "text/html; charset=utf-8", _page.Bytes, _page.ETag, AskAgain);

        // What the page names begins where its last slash is. The target is relative too, since a proxy may call all this otherwise.
        context.Response.StatusCode = StatusCodes.Status302Found;
        context.Response.Headers.CacheControl = AskAgain;
        context.Response.Headers.Location = $"./{path[(path.LastIndexOf('/') + 1)..]}/{context.Request.QueryString}";
        return Task.CompletedTask;
    }

    private Task ShowAssetAsync(HttpContext context)
    {
        headers.AddTo(context.Response);
        if (context.GetRouteValue("path") is string path && _assets.Find(path) is { } asset)
        {
            // While a new version is rolled out, a page of the other one may ask here: that is not for keeping.
            var isCurrent = context.GetRouteValue("version") as string == _assets.Version;
            return WriteAsync(context, asset.ContentType, asset.Bytes, asset.ETag, isCurrent ? ForEver : AskAgain);
        }

        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static async Task WriteAsync(HttpContext context, string contentType, byte[] bytes, string etag, string caching)
    {
        var response = context.Response;
        response.Headers.ETag = etag;
        response.Headers.CacheControl = caching;
        if (context.Request.Headers.IfNoneMatch.Any(v => v is not null && v.Contains(etag, StringComparison.Ordinal)))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = contentType;
        response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
