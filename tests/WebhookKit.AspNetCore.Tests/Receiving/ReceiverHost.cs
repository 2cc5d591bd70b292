using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WebhookKit.Testing;

namespace WebhookKit.AspNetCore.Tests.Receiving;

/// <summary>A host with receivers on it, on a clock of the test's, and a sender that signs as the test says.</summary>
internal sealed class ReceiverHost : IAsyncDisposable
{
    public const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    public const string OtherSecret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

    private readonly WebApplication _app;
    private int _sent;

    private ReceiverHost(WebApplication app, ManualTimeProvider clock, ListLogger log)
    {
        _app = app;
        Clock = clock;
        Log = log;
        Client = app.GetTestClient();
    }

    public HttpClient Client { get; }

    public ManualTimeProvider Clock { get; }

    public ListLogger Log { get; }

    public IServiceProvider Services => _app.Services;

    /// <summary>Starts it with one receiver at <c>/hooks</c>, unless the test maps its own.</summary>
    public static async Task<ReceiverHost> StartAsync(
        Action<WebhookReceiverOptions>? configure = null,
        Action<IWebhooksBuilder>? webhooks = null,
        Action<WebApplication>? map = null,
        string pattern = "/hooks",
        ManualTimeProvider? clock = null,
        Action<WebhookOptions>? options = null)
    {
        clock ??= new ManualTimeProvider();
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        var log = new ListLogger();
        builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Debug);
        builder.Services.AddSingleton<TimeProvider>(clock);
        builder.Services.AddWebhookReceivers();
        if (webhooks is not null)
        {
            var added = builder.Services.AddWebhooks(o =>
            {
                o.AllowUnknownEventTypes = true;
                options?.Invoke(o);
            });
            webhooks(added);
        }

        var app = builder.Build();
        if (configure is not null)
        {
            app.MapWebhookReceiver(pattern, o =>
            {
                o.Secrets.Add(Secret);
                configure(o);
            });
        }

        map?.Invoke(app);
        await app.StartAsync();
        return new ReceiverHost(app, clock, log);
    }

    /// <summary>Sends an event under Standard Webhooks, signed now unless said otherwise.</summary>
    public Task<HttpResponseMessage> SendAsync(
        string body = """{"type":"subscriber.created","timestamp":"2026-03-02T08:00:00Z","data":{"email":"ada@example.com"}}""",
        string? id = null,
        string secret = Secret,
        DateTimeOffset? at = null,
        string path = "/hooks",
        WebhookProfile? profile = null,
        Action<HttpRequestMessage>? change = null) =>
        SendAsync(Encoding.UTF8.GetBytes(body), id, secret, at, path, profile, change);

    public async Task<HttpResponseMessage> SendAsync(
        byte[] body, string? id, string secret, DateTimeOffset? at, string path, WebhookProfile? profile, Action<HttpRequestMessage>? change)
    {
        using var request = Create(body, id ?? $"msg_{Interlocked.Increment(ref _sent)}", secret, at, path, profile);
        change?.Invoke(request);
        return await Client.SendAsync(request);
    }

    public HttpRequestMessage Create(byte[] body, string id, string secret = Secret, DateTimeOffset? at = null, string path = "/hooks", WebhookProfile? profile = null)
    {
        var headers = new WebhookHeaders();
        var uri = new Uri("http://localhost" + path);
        (profile ?? WebhookProfiles.StandardWebhooks).Signer?.Sign(
            new SigningContext
            {
                MessageId = id,
                Timestamp = at ?? Clock.GetUtcNow(),
                AttemptNumber = 1,
                Method = HttpMethod.Post,
                Uri = uri,
                ContentType = "application/json",
                Body = body,
                Secrets = [new WebhookSecret { Value = secret }],
            },
            headers);
        var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new ByteArrayContent(body) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return request;
    }

    public async Task<HttpStatusCode> StatusOfAsync(string? id = null, string secret = Secret, DateTimeOffset? at = null, string? body = null)
    {
        using var response = body is null ? await SendAsync(id: id, secret: secret, at: at) : await SendAsync(body, id: id, secret: secret, at: at);
        return response.StatusCode;
    }

    public Task StopAsync(CancellationToken cancellationToken = default) => ((IHost)_app).StopAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    /// <summary>What handlers have been given, and a way to wait for it.</summary>
    internal sealed class Arrivals
    {
        private readonly ConcurrentQueue<WebhookEvent> _events = new();
        private readonly Channel<bool> _arrived = Channel.CreateUnbounded<bool>();

        public IReadOnlyList<WebhookEvent> Events => [.. _events];

        public IEnumerable<string> Ids => Events.Select(e => e.Id);

        public Task AddAsync(ReceivedWebhook received, CancellationToken cancellationToken)
        {
            _events.Enqueue(received.Event);
            _arrived.Writer.TryWrite(true);
            return Task.CompletedTask;
        }

        /// <summary>Waits for so many more.</summary>
        public async Task WaitAsync(int count = 1)
        {
            for (var i = 0; i < count; i++)
            {
                if (await Task.WhenAny(_arrived.Reader.ReadAsync().AsTask(), Task.Delay(TimeSpan.FromSeconds(30))) is not Task<bool>) Assert.Fail($"{count} events were awaited, and {i} came.");
            }
        }
    }

    /// <summary>Keeps what is logged.</summary>
    internal sealed class ListLogger : ILoggerProvider, ILogger
    {
        private readonly ConcurrentQueue<(LogLevel Level, EventId Id, string Text)> _lines = new();

        public IReadOnlyList<(LogLevel Level, EventId Id, string Text)> Lines => [.. _lines];

        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => true;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue((logLevel, eventId, $"{formatter(state, exception)} {exception}"));

        public void Dispose()
        {
        }
    }
}
