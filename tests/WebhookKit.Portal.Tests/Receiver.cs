using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace WebhookKit.Portal.Tests;

/// <summary>A real receiver on loopback. Each path answers as the test says, 200 unless it says.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, (int Status, string Body)> _answers = new();
    private readonly ConcurrentQueue<(string Path, string Body, Dictionary<string, string> Headers)> _requests = new();

    private Receiver(WebApplication app) => _app = app;

    public IReadOnlyCollection<(string Path, string Body, Dictionary<string, string> Headers)> Requests => _requests;

    public static async Task<Receiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new Receiver(app);
        app.Run(receiver.HandleAsync);
        await app.StartAsync();
        return receiver;
    }

    public string Url(string path) => $"{_app.Urls.Single()}{path}";

    public void Answer(string path, int status, string body = "") => _answers[path] = (status, body);

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var path = context.Request.Path.Value!;
        _requests.Enqueue((path + context.Request.QueryString, await reader.ReadToEndAsync(), context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        var (status, body) = _answers.GetValueOrDefault(path, (200, "{\"ok\":true}"));
        context.Response.StatusCode = status;
        if (body.Length > 0) await context.Response.WriteAsync(body);
    }
}
