using System.Text;
using Microsoft.Extensions.DependencyInjection;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Docs.Profiles;

/// <summary>A delivery that docs/profiles.md shows: the events, the subscription, and what went over the wire.</summary>
public sealed record ProfileSample(string Name, WebhookProfile Profile, params string[] Data)
{
    public static readonly DateTimeOffset Now = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);

    public string Type { get; init; } = "subscriber.created";

    public string? Secret { get; init; }

    public string Url { get; init; } = "http://example.com/hooks";

    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    public IReadOnlyDictionary<string, string>? Attributes { get; init; }

    public bool IsBatch { get; init; }

    /// <summary>Publishes the events in an engine of their own and takes down its request.</summary>
    internal async Task<WireRequest> SendAsync()
    {
        using var listener = new WireListener();
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(new ManualTimeProvider(Now));
        var webhooks = services.AddWebhooks(options =>
        {
            options.AllowUnknownEventTypes = true;
            options.Guard.AllowHttp = true;
        }).AddProfile(Profile with { Name = "sample" });
        webhooks.HttpClient.ConfigurePrimaryHttpMessageHandler(listener.CreateHandler);
        await using var provider = services.BuildServiceProvider();
        await provider.GetRequiredService<IWebhookSubscriptions>().CreateAsync(new NewWebhookSubscription
        {
            Id = "68074372004316503",
            TenantId = "334443",
            Url = new Uri(Url),
            EventTypes = ["*"],
            Profile = "sample",
            Secret = Secret,
            Settings = Settings,
            Batching = IsBatch ? new BatchingOptions { MaxEvents = Data.Length } : null,
        });

        var events = Data.Select((data, i) => new WebhookEvent
        {
            Id = $"msg_2Lh9KRb0pzN4LePd3XiA{i + 1}v",
            TenantId = "334443",
            Type = Type,
            OccurredAt = Now,
            Data = Encoding.UTF8.GetBytes(data),
            Attributes = Attributes ?? new Dictionary<string, string>(),
        });
        var request = listener.TakeAsync();
        await provider.GetRequiredService<IWebhookPublisher>().PublishManyAsync(events);
        await provider.GetRequiredService<IWebhookDeliveries>().DrainAsync();
        return await request;
    }

    public override string ToString() => Name;
}
