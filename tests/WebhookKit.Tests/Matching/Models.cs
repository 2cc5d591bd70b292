using System.Text;
using WebhookKit.Matching;

namespace WebhookKit.Tests.Matching;

/// <summary>Makes the subscriptions and events that the tests of this folder match.</summary>
internal static class Models
{
    public static SubscriptionModel Subscription(
        string id,
        string[] types,
        string? tenant = null,
        WebhookFilter? filter = null,
        SubscriptionStatus status = SubscriptionStatus.Enabled,
        bool batching = false) => new()
        {
            Subscription = new WebhookSubscription
            {
                Id = id,
                TenantId = tenant,
                Url = new Uri("https://example.com/hook"),
                EventTypes = types,
                Filter = filter,
                Status = status,
                Batching = batching ? new BatchingOptions() : null,
            },
            Profile = WebhookProfiles.StandardWebhooks,
            Partition = 0,
            MaxConcurrency = 1,
            Timeout = TimeSpan.FromSeconds(1),
            Batching = batching ? new BatchingOptions() : null,
        };

    public static WebhookEvent Event(string type = "a.b", string data = "{}", string? tenant = null) =>
        Event(Encoding.UTF8.GetBytes(data), type, tenant);

    public static WebhookEvent Event(byte[] data, string type = "a.b", string? tenant = null) =>
        new() { Id = "1", TenantId = tenant, Type = type, Data = data };

    public static bool Matches(WebhookFilter filter, WebhookEvent webhookEvent)
    {
        var subject = new FilterSubject(webhookEvent);
        try
        {
            return filter.Matches(ref subject);
        }
        finally
        {
            subject.Dispose();
        }
    }

    public static bool Matches(WebhookFilter filter, string data) => Matches(filter, Event(data: data));
}
