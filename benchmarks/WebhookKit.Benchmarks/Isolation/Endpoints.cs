using System.Globalization;

namespace WebhookKit.Benchmarks.Isolation;

/// <summary>Ten endpoints, each on a port of its own as on a host of its own; the last two may be sick.</summary>
internal static class Endpoints
{
    public const int Count = 10;
    public const int Healthy = 8;

    public static TimeSpan Deadline { get; } = TimeSpan.FromSeconds(3);

    /// <summary>With a deadline that is shorter than a run.</summary>
    public static WebhookProfile Profile { get; } = WebhookProfiles.StandardWebhooks with { Name = "Isolation", Timeout = Deadline };

    public static string[] EventTypes { get; } = [.. Enumerable.Range(0, Count).Select(i => string.Create(CultureInfo.InvariantCulture, $"endpoint{i}.event"))];

    public static async Task SubscribeAsync(EngineHost host, Receiving.ReceiverProcess receiver, bool sick)
    {
        for (var i = 0; i < Count; i++)
        {
            var path = (sick, i) switch
            {
                (true, Healthy) => "hang",
                (true, Healthy + 1) => "slow/1000",
                _ => string.Create(CultureInfo.InvariantCulture, $"m/{i}"),
            };
            await host.Subscriptions.CreateAsync(new NewWebhookSubscription { Name = EventTypes[i], Url = receiver.Url(i, path), EventTypes = [EventTypes[i]], Profile = Profile.Name });
        }
    }
}
