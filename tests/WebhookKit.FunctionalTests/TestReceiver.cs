using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace WebhookKit.FunctionalTests;

/// <summary>A real receiver: Kestrel on a free loopback port. Each path is an endpoint whose answer the test decides.</summary>
internal sealed class TestReceiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Received> _received = new();
    private readonly ConcurrentDictionary<string, Func<HttpContext, int, Task>> _answers = new();
    private readonly ConcurrentDictionary<string, int> _counts = new();
    private readonly List<(int Count, TaskCompletionSource Reached)> _waits = [];

    private TestReceiver(WebApplication app) => _app = app;

    public IReadOnlyCollection<Received> Requests => _received;

    public static async Task<TestReceiver> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var receiver = new TestReceiver(app);
        app.Run(receiver.HandleAsync);
        await app.StartAsync();
        return receiver;
    }

    public Uri Url(string path) => new(new Uri(_app.Urls.Single()), path);

    /// <summary>Looks at every request with its body, and may set the status of the answer.</summary>
    public Action<HttpContext, byte[]>? OnRequest { get; set; }

    /// <summary>Lets a path answer as the test says; the number is how many requests the path has had, this one included.</summary>
    public void Answer(string path, Func<HttpContext, int, Task> answer) => _answers[path] = answer;

    public void Answer(string path, int statusCode) => Answer(path, (context, _) =>
    {
        context.Response.StatusCode = statusCode;
        return Task.CompletedTask;
    });

    public IReadOnlyList<Received> RequestsTo(string path) => [.. _received.Where(r => r.Path == path)];

    /// <summary>Completes when this many requests have been answered.</summary>
    public Task WhenReceivedAsync(int count)
    {
        lock (_waits)
        {
            if (_received.Count >= count) return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((count, reached));
            return reached.Task.WaitAsync(TimeSpan.FromSeconds(60));
        }
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var path = context.Request.Path.Value!;
        var headers = context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var count = _counts.AddOrUpdate(path, 1, (_, n) => n + 1);
        if (_answers.TryGetValue(path, out var answer)) await answer(context, count);
        OnRequest?.Invoke(context, body.ToArray());

        lock (_waits)
        {
            _received.Enqueue(new Received(path, headers, body.ToArray()));
            foreach (var (_, reached) in _waits.Where(w => w.Count <= _received.Count)) reached.TrySetResult();
        }
    }
}
