using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WebhookKit.Testing;

namespace WebhookKit.AspNetCore.Tests;

/// <summary>A host with the API on it, on a clock of the test's, sending to a scripted receiver. The header X-Tenant names the tenant.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    public const string Mailjet = "/v3/REST/eventcallbackurl";

    private readonly WebApplication _app;
    private readonly TempFolder? _folder;

    private ApiHost(WebApplication app, TempFolder? folder, ScriptedReceiver receiver, ManualTimeProvider clock)
    {
        _app = app;
        _folder = folder;
        Receiver = receiver;
        Clock = clock;
        Client = app.GetTestClient();
        Client.DefaultRequestHeaders.Add("X-Tenant", "t1");
    }

    public HttpClient Client { get; }

    public ScriptedReceiver Receiver { get; }

    public ManualTimeProvider Clock { get; }

    public IWebhookSubscriptions Subscriptions => _app.Services.GetRequiredService<IWebhookSubscriptions>();

    public IWebhookDeliveries Deliveries => _app.Services.GetRequiredService<IWebhookDeliveries>();

    public IWebhookPublisher Publisher => _app.Services.GetRequiredService<IWebhookPublisher>();

    public IEnumerable<RouteEndpoint> Endpoints => ((IEndpointRouteBuilder)_app).DataSources.SelectMany(s => s.Endpoints).OfType<RouteEndpoint>();

    /// <summary>Starts it.</summary>
    /// <param name="store"><c>memory</c>, <c>sqlite</c> for a file of its own, or the connection string of a file that is there.</param>
    /// <param name="configure">Sets the options of the API.</param>
    public static async Task<ApiHost> StartAsync(string store = "memory", Action<WebhookApiOptions>? configure = null)
    {
        var folder = store == "sqlite" ? new TempFolder() : null;
        var clock = new ManualTimeProvider();
        var receiver = new ScriptedReceiver(clock);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<TimeProvider>(clock);
        var webhooks = builder.Services.AddWebhooks(o => o.Dispatch = false)
            .AddEventTypes(WebhookEventTypes.MailerLite)
            .AddEventTypes(WebhookEventTypes.Mailjet);
        webhooks.HttpClient.ConfigurePrimaryHttpMessageHandler(() => receiver);
        if (folder is not null) webhooks.UseSqlite(folder.ConnectionString);
        else if (store.Contains('=', StringComparison.Ordinal)) webhooks.UseSqlite(store);
        var app = builder.Build();
        try
        {
            app.MapWebhooks("/api/webhooks", o =>
            {
                o.ResolveTenant = TenantOf;
                configure?.Invoke(o);
            });
        }
        catch
        {
            await app.DisposeAsync();
            folder?.Dispose();
            throw;
        }

        app.MapMailjetEventCallbackUrls(Mailjet, o => o.ResolveTenant = TenantOf);
        await app.StartAsync();
        return new ApiHost(app, folder, receiver, clock);
    }

    public Task<Answer> GetAsync(string path, string? tenant = null) => SendAsync(HttpMethod.Get, path, null, tenant);

    public Task<Answer> PostAsync(string path, string? body = null, string? tenant = null, string? ifMatch = null) => SendAsync(HttpMethod.Post, path, body, tenant, ifMatch);

    public Task<Answer> PutAsync(string path, string body, string? tenant = null, string? ifMatch = null) => SendAsync(HttpMethod.Put, path, body, tenant, ifMatch);

    public Task<Answer> DeleteAsync(string path, string? tenant = null, string? ifMatch = null) => SendAsync(HttpMethod.Delete, path, null, tenant, ifMatch);

    public async Task<Answer> SendAsync(HttpMethod method, string path, string? body, string? tenant = null, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith(Mailjet, StringComparison.Ordinal) ? path : $"/api/webhooks{path}");
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        if (tenant is not null) request.Headers.Add("X-Tenant", tenant);
        if (ifMatch is not null) request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        using var response = await Client.SendAsync(request);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers.ETag?.ToString(), response.Headers.Location?.ToString());
    }

    /// <summary>Creates a webhook and returns its id.</summary>
    public async Task<string> CreateAsync(string? body = null, string? tenant = null)
    {
        var answer = await PostAsync("", body ?? """{"url":"https://example.com/hook","events":["subscriber.created"]}""", tenant);
        Assert.That(answer.Status, Is.EqualTo(HttpStatusCode.Created), answer.Text);
        return answer.Json.GetProperty("data").GetProperty("id").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
        _folder?.Dispose();
    }

    private static ValueTask<string?> TenantOf(HttpContext context) => new(context.Request.Headers["X-Tenant"].ToString() is { Length: > 0 } tenant ? tenant : null);

    /// <summary>What was answered.</summary>
    internal sealed record Answer(HttpStatusCode Status, string Text, string? ETag, string? Location)
    {
        public JsonElement Json => JsonElement.Parse(Text);

        public JsonElement Data => Json.GetProperty("data");

        /// <summary>The fields that something is wrong with.</summary>
        public string[] Fields => [.. Json.GetProperty("errors").EnumerateObject().Select(e => e.Name)];
    }
}
