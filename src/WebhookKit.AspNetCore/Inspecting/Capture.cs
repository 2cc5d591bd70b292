using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using WebhookKit.AspNetCore.Receiving;

namespace WebhookKit.AspNetCore.Inspecting;

/// <summary>Keeps what comes to a bin, and answers as the bin is set.</summary>
internal sealed class Capture(Bins bins, WebhookInspectorOptions options, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context)
    {
        if (context.GetRouteValue("bin") as string is not { } name || !Bins.IsName(name))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var bin = bins.Get(name);
        var settings = bin.Settings;
        var (body, length) = await ReadAsync(context);
        var isCut = length > body.Length;
        bin.Add(new CapturedRequest
        {
            Number = bin.NextNumber(),
            At = time.GetUtcNow(),
            Method = context.Request.Method,
            Path = $"/{context.GetRouteValue("rest")}{context.Request.QueryString}",
            Headers = [.. new HeaderLines(context.Request.Headers)],
            Body = body,
            BodyLength = length,
            Inspection = settings.Profile is null ? Inspection.Unchecked("No profile is chosen.")
                : isCut ? Inspection.Unchecked("The body is too large to be kept whole.")
                : Inspection.Of(settings.Profile, settings.Secrets, context, body, time),
            Answer = settings.Status,
        });

        if (settings.DelayMilliseconds > 0) await Task.Delay(TimeSpan.FromMilliseconds(settings.DelayMilliseconds), time, context.RequestAborted);
        context.Response.StatusCode = settings.Status;
    }

    /// <summary>Reads all, so that the sender can end, and keeps as much as may be kept.</summary>
    private async Task<(ReadOnlyMemory<byte> Body, long Length)> ReadAsync(HttpContext context)
    {
        using var kept = new MemoryStream();
        var buffer = new byte[16 * 1024];
        var length = 0L;
        for (int read; (read = await context.Request.Body.ReadAsync(buffer, context.RequestAborted)) > 0; length += read)
            kept.Write(buffer, 0, (int)Math.Min(read, options.MaxBodyBytes - kept.Length));
        return (kept.ToArray(), length);
    }
}
