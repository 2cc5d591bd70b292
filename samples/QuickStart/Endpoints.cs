using WebhookKit;

namespace QuickStart;

/// <summary>The five endpoints, and how they are subscribed.</summary>
internal static class Endpoints
{
    public static IReadOnlyList<Endpoint> All { get; } =
    [
        new()
        {
            Name = "good",
            Behaviour = "answers well",
            EventTypes = ["subscriber.*", "campaign.sent"],
            Answer = _ => Task.FromResult(200),
        },
        new()
        {
            Name = "flaky",
            Behaviour = "fails twice, recovers",
            EventTypes = ["subscriber.created", "subscriber.updated", "subscriber.unsubscribed"],
            Answer = number => Task.FromResult(number <= 2 ? 500 : 200),
        },
        new()
        {
            Name = "batch",
            Behaviour = "takes batches",
            EventTypes = ["*"],
            Batching = new BatchingOptions { MaxEvents = 50, MaxDelay = TimeSpan.FromMilliseconds(500) },
            Answer = _ => Task.FromResult(200),
        },
        new()
        {
            Name = "slow",
            Behaviour = "takes 300 ms",
            EventTypes = ["subscriber.added_to_group", "subscriber.removed_from_group", "subscriber.bounced"],
            Answer = async _ =>
            {
                await Task.Delay(TimeSpan.FromMilliseconds(300));
                return 200;
            },
        },
        new()
        {
            Name = "gone",
            Behaviour = "answers 410",
            EventTypes = ["subscriber.*"],
            Answer = _ => Task.FromResult(410),
            RefusesAll = true,
        },
    ];

    public static async Task SubscribeAsync(IWebhookSubscriptions subscriptions, Uri receiver)
    {
        foreach (var endpoint in All)
        {
            var subscription = await subscriptions.CreateAsync(new NewWebhookSubscription
            {
                Name = endpoint.Name,
                Url = new Uri(receiver, endpoint.Name),
                EventTypes = endpoint.EventTypes,
                Batching = endpoint.Batching,
                Profile = QuickStartProfile.Value.Name,
            });
            endpoint.Subscribed(subscription);
        }
    }
}
