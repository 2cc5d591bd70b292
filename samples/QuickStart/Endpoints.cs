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

    /// <summary>Declares their subscriptions: those that a store has from an earlier run keep their secret and status, and get this run's address.</summary>
    public static void Declare(IWebhooksBuilder webhooks, Uri receiver)
    {
        foreach (var endpoint in All)
        {
            webhooks.AddSubscription(new NewWebhookSubscription
            {
                Id = endpoint.SubscriptionId,
                Name = endpoint.Name,
                Url = new Uri(receiver, endpoint.Name),
                EventTypes = endpoint.EventTypes,
                Batching = endpoint.Batching,
                Profile = QuickStartProfile.Value.Name,
            });
        }
    }

    /// <summary>Hands each its secret, as an owner would do.</summary>
    public static async Task HandOutSecretsAsync(IWebhookSubscriptions subscriptions)
    {
        foreach (var endpoint in All) endpoint.Subscribed((await subscriptions.GetAsync(endpoint.SubscriptionId))!);
    }
}
