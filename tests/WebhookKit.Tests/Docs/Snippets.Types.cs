using System.Text.Json.Serialization;

namespace WebhookKit.Tests.Docs;

// snippet: typed-event
public sealed record SubscriberCreated(string Id, string Email);
// end snippet

// snippet: order-service
public sealed class OrderService(IWebhookPublisher publisher)
{
    public async Task PayAsync(string orderId) => await publisher.PublishAsync("order.paid", new { id = orderId });
}
// end snippet

// snippet: json-context
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(SubscriberCreated))]
internal sealed partial class HostJson : JsonSerializerContext;
// end snippet

// snippet: observer
internal sealed class FailureAlarm : IWebhookObserver
{
    public void OnSubscriptionDisabled(WebhookSubscription subscription) =>
        Console.Error.WriteLine($"{subscription.Url} is disabled: {subscription.StatusReason}");
}
// end snippet
