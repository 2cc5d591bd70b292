using System.Text;
using WebhookKit.Matching;

namespace WebhookKit.Tests.Matching;

/// <summary>Subscriptions and events at random, and the plainest way to say which wants which.</summary>
internal static class RandomSubscriptions
{
    public static readonly string[] BatchingRequired = ["a.a", "b"];

    private static readonly string?[] Tenants = [null, "", "x", "X"];
    private static readonly string[] Names = ["a", "b", "a.a", "a.b", "a.a.a", "a.a.b", "b.a", "a-a.a", "aa.a"];
    private static readonly string[] Patterns = [.. Names, .. Names.Select(name => name + ".*"), "*"];

    public static string Id(Random random) => "s" + random.Next(150);

    public static SubscriptionModel Next(Random random) => Models.Subscription(
        Id(random),
        [.. Enumerable.Range(0, random.Next(5)).Select(_ => Patterns[random.Next(Patterns.Length)])],
        Tenants[random.Next(Tenants.Length)],
        random.Next(3) == 0 ? RandomFilters.Next(random, depth: 2) : null,
        (SubscriptionStatus)random.Next(3),
        random.Next(2) == 0);

    public static WebhookEvent Event(Random random) => Models.Event(
        Encoding.UTF8.GetBytes(random.Next(3) switch
        {
            0 => """{"a":"x","b":{"c":1},"items":[{"id":1},{"id":2}]}""",
            1 => """{"a":0.5,"items":["API",true],"odd 'name":null}""",
            _ => "not json",
        }),
        Names[random.Next(Names.Length)],
        Tenants[random.Next(Tenants.Length)]) with
    { Attributes = new Dictionary<string, string> { ["k0"] = "API", ["k1"] = "1" } };

    public static bool Wants(WebhookSubscription subscription, WebhookEvent e) =>
        subscription.Status != SubscriptionStatus.Disabled
        && subscription.TenantId == e.TenantId
        && subscription.EventTypes.Any(pattern =>
            pattern == e.Type || pattern == "*" || (pattern.EndsWith(".*", StringComparison.Ordinal) && e.Type.StartsWith(pattern[..^1], StringComparison.Ordinal)))
        && (subscription.Batching is not null || !BatchingRequired.Contains(e.Type))
        && (subscription.Filter is null || Models.Matches(subscription.Filter, e));
}
