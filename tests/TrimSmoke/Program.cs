using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using WebhookKit;

// A small host, trimmed and without reflection-based JSON, sends one webhook to itself and checks the signature.
using var listener = new TcpListener(IPAddress.Loopback, 0);
listener.Start();
var url = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/hook");
var received = ReceiveAsync(listener);

var builder = Host.CreateApplicationBuilder(args);
builder.Logging.ClearProviders();
builder.Services.AddWebhooks(options => options.SerializerOptions.TypeInfoResolver = SmokeJson.Default)
    .AllowLoopback()
    .AddEventType<SubscriberCreated>("subscriber.created", "Fires when a subscriber is added.");
using var host = builder.Build();
await host.StartAsync();

var subscriptions = host.Services.GetRequiredService<IWebhookSubscriptions>();
var subscription = await subscriptions.CreateAsync(new NewWebhookSubscription { Url = url, EventTypes = ["subscriber.*"] });
await host.Services.GetRequiredService<IWebhookPublisher>().PublishAsync(new SubscriberCreated("ada@example.com"));

var (headers, body) = await received.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
await host.StopAsync();
var verification = new WebhookVerifier(WebhookProfiles.StandardWebhooks, [subscription.Secrets[0].Value]).Verify(headers, body);
var text = Encoding.UTF8.GetString(body);
Console.WriteLine($"{text} -> {(verification.IsValid ? "verified" : verification.ToString())}");
return verification.IsValid && text.Contains("ada@example.com", StringComparison.Ordinal) ? 0 : 1;

static async Task<(List<KeyValuePair<string, string>> Headers, byte[] Body)> ReceiveAsync(TcpListener listener)
{
    using var client = await listener.AcceptTcpClientAsync();
    await using var stream = client.GetStream();
    using var reader = new StreamReader(stream, Encoding.UTF8);
    List<KeyValuePair<string, string>> headers = [];
    await reader.ReadLineAsync();
    while (await reader.ReadLineAsync() is { Length: > 0 } line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        headers.Add(new(line[..colon], line[(colon + 1)..].Trim()));
    }

    var length = int.Parse(headers.Single(h => h.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)).Value, null);
    var body = new char[length];
    await reader.ReadBlockAsync(body);
    await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
    return (headers, Encoding.UTF8.GetBytes(body));
}

internal sealed record SubscriberCreated(string Email);

[JsonSerializable(typeof(SubscriberCreated))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class SmokeJson : JsonSerializerContext;
