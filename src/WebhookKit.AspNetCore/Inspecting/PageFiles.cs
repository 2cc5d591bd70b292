using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace WebhookKit.AspNetCore.Inspecting;

/// <summary>The page and its files, from the assembly, under a strict policy: no script, style or request but its own.</summary>
internal static class PageFiles
{
    private const string Policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    private const string Folder = "WebhookKit.AspNetCore.Inspecting.Page.";

    private static readonly Dictionary<string, string> ContentTypes = new(StringComparer.Ordinal)
    {
        ["inspector.css"] = "text/css; charset=utf-8",
        ["inspector.js"] = "text/javascript; charset=utf-8",
        ["text.js"] = "text/javascript; charset=utf-8",
        ["icon.svg"] = "image/svg+xml",
    };

    public static Task WriteIndexAsync(HttpContext context)
    {
        // The page names its files beside itself.
        var request = context.Request;
        if (request.Path.Value is [.., '/']) return WriteAsync(context, "index.html", "text/html; charset=utf-8");
        context.Response.Redirect($"{request.PathBase}{request.Path}/{request.QueryString}");
        return Task.CompletedTask;
    }

    public static Task WriteAssetAsync(HttpContext context)
    {
        if (context.GetRouteValue("file") as string is { } file && ContentTypes.TryGetValue(file, out var type)) return WriteAsync(context, file, type);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    /// <summary>Adds the headers that keep what is shown from doing anything.</summary>
    public static void Protect(HttpResponse response)
    {
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = "no-store";
    }

    private static async Task WriteAsync(HttpContext context, string file, string contentType)
    {
        await using var stream = typeof(PageFiles).Assembly.GetManifestResourceStream(Folder + file)!;
        context.Response.ContentType = contentType;
        context.Response.ContentLength = stream.Length;
        Protect(context.Response);
        await stream.CopyToAsync(context.Response.Body, context.RequestAborted);
    }
}
