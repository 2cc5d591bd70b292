using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace QuickStart;

/// <summary>The other side: a web server on a free loopback port that verifies what it gets before it believes it.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Receiver(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.Single());

    public static async Task<Receiver> StartAsync(IEnumerable<Endpoint> endpoints)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");

        var app = builder.Build();
        foreach (var endpoint in endpoints)
            app.MapPost($"/{endpoint.Name}", async context => context.Response.StatusCode = await HandleAsync(endpoint, context.Request));
        await app.StartAsync();
        return new Receiver(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task<int> HandleAsync(Endpoint endpoint, HttpRequest request)
    {
        var number = endpoint.NextRequestNumber();
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);

        var headers = request.Headers.SelectMany(header => header.Value.Select(value => KeyValuePair.Create(header.Key, value ?? "")));
        var verification = endpoint.Verifier!.Verify(headers, body.ToArray());
        if (verification is not { IsValid: true, MessageId: { } messageId }) return StatusCodes.Status401Unauthorized;

        return await endpoint.ReceiveAsync(number, messageId, EventIds(messageId, body.ToArray()));
    }

    // A batch is an array of events, each with its id; a single event's id is the message's.
    private static List<string> EventIds(string messageId, byte[] body)
    {
        using var json = JsonDocument.Parse(body);
        return json.RootElement.ValueKind == JsonValueKind.Array
            ? [.. json.RootElement.EnumerateArray().Select(item => item.GetProperty("id").GetString()!)]
            : [messageId];
    }
}
