using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace WebhookKit.AspNetCore.Inspecting;

/// <summary>What the page asks for.</summary>
internal sealed class InspectorApi(Bins bins, IReadOnlyList<WebhookProfile> profiles, IServiceProvider services)
{
    private const int MaxBody = 16 * 1024;

    private readonly CancellationToken _stopping = services.GetService<IHostApplicationLifetime>()?.ApplicationStopping ?? CancellationToken.None;

    private IEnumerable<string> ProfileNames => profiles.Select(p => p.Name).Order(StringComparer.Ordinal);

    public Task ShowSettingsAsync(HttpContext context) =>
        FindBin(context) is { } bin ? WriteAsync(context, StatusCodes.Status200OK, json => InspectorJson.Write(json, bin.Settings, ProfileNames)) : Task.CompletedTask;

    public async Task ChangeSettingsAsync(HttpContext context)
    {
        if (FindBin(context) is not { } bin) return;

        // Another site's page can send no JSON here without asking first, and is not allowed to.
        if (!context.Request.HasJsonContentType())
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        var (settings, fault) = await ReadSettingsAsync(context, bin.Settings);
        if (fault is not null)
        {
            await WriteAsync(context, StatusCodes.Status422UnprocessableEntity, json =>
            {
                json.WriteStartObject();
                json.WriteString("message", fault);
                json.WriteEndObject();
            });
            return;
        }

        bin.Settings = settings;
        await ShowSettingsAsync(context);
    }

    public Task ListAsync(HttpContext context) => FindBin(context) is { } bin
        ? WriteAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartArray();
            foreach (var request in bin.Requests) InspectorJson.Write(json, request);
            json.WriteEndArray();
        })
        : Task.CompletedTask;

    public Task ClearAsync(HttpContext context)
    {
        if (FindBin(context) is not { } bin) return Task.CompletedTask;
        bin.Clear();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>Server-Sent Events: a request each; <c>clear</c> when the bin has been emptied.</summary>
    public async Task WatchAsync(HttpContext context)
    {
        if (FindBin(context) is not { } bin) return;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping);
        context.Response.ContentType = "text/event-stream";
        PageFiles.Protect(context.Response);
        var requests = bin.Watch(end.Token);
        try
        {
            await context.Response.Body.FlushAsync(end.Token);
            await foreach (var request in requests.ReadAllAsync(end.Token))
            {
                // JSON without indentation has no line breaks.
                await context.Response.Body.WriteAsync(request is null ? "event: clear\ndata: "u8.ToArray() : "data: "u8.ToArray(), end.Token);
                if (request is not null) await context.Response.Body.WriteAsync(InspectorJson.Of(json => InspectorJson.Write(json, request)), end.Token);
                await context.Response.Body.WriteAsync("\n\n"u8.ToArray(), end.Token);
                await context.Response.Body.FlushAsync(end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Nobody looks any more, or the host stops.
        }
    }

    private Bin? FindBin(HttpContext context)
    {
        if (context.GetRouteValue("bin") as string is { } name && Bins.IsName(name)) return bins.Get(name);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return null;
    }

    private async Task<(BinSettings Settings, string? Fault)> ReadSettingsAsync(HttpContext context, BinSettings current)
    {
        if (await Receiving.RequestBody.ReadAsync(context, MaxBody) is not { } body) return (current, "The settings are too large.");
        try
        {
            using var json = JsonDocument.Parse(body);
            var root = json.RootElement;
            var status = root.GetProperty("status").GetInt32();
            var delay = root.GetProperty("delay_ms").GetInt32();
            if (status is < 200 or > 599) return (current, $"The status is {status}. Use 200 to 599.");
            if (delay is < 0 or > BinSettings.MaxDelay) return (current, $"The delay is {delay} ms. Use 0 to {BinSettings.MaxDelay}.");
            var name = root.GetProperty("profile").GetString();
            var profile = profiles.FirstOrDefault(p => p.Name == name);
            if (!string.IsNullOrEmpty(name) && profile is null) return (current, "There is no such profile.");
            IReadOnlyList<string> secrets = root.TryGetProperty("secret", out var given) && given.GetString() is { } secret
                ? secret.Length > 0 ? [secret] : []
                : profile?.Name == current.Profile?.Name ? current.Secrets : [];
            var fault = profile is null || secrets.Count == 0 ? null : Inspection.FindFault(profile, secrets);
            return (new BinSettings { Status = status, DelayMilliseconds = delay, Profile = profile, Secrets = secrets }, fault);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return (current, "The settings are not of the expected form.");
        }
    }

    private static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        var body = InspectorJson.Of(write);
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = body.Length;
        PageFiles.Protect(context.Response);
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}
