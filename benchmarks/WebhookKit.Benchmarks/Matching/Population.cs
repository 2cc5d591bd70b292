using System.Globalization;
using WebhookKit.Matching;

namespace WebhookKit.Benchmarks.Matching;

/// <summary>Subscriptions to match against, and the events to match.</summary>
internal sealed record Population(string Name, SubscriptionIndex Index, WebhookEvent[] Events)
{
    private const int PerTenant = 10;
    private const int EventCount = 1_000;
    private static readonly byte[] Data = """{"id":"68074372004316503","email":"ada@example.com","plan":"pro","fields":{"city":"London"}}"""u8.ToArray();

    /// <summary>Tenants with ten subscriptions each: exact types, prefixes, everything, and a filter on the data.</summary>
    public static Population ManyTenants(int subscriptions) => Create(
        string.Create(CultureInfo.InvariantCulture, $"{subscriptions / PerTenant:N0} tenants x {PerTenant}"),
        Enumerable.Range(0, subscriptions).Select(i => (i % PerTenant) switch
        {
            < 2 => New(i, TenantOf(i), "subscriber.created"),
            < 5 => New(i, TenantOf(i), "subscriber.updated"),
            < 7 => New(i, TenantOf(i), "subscriber.*"),
            7 => New(i, TenantOf(i), "campaign.*"),
            8 => New(i, TenantOf(i), "*"),
            _ => New(i, TenantOf(i), "subscriber.*") with { Filter = WebhookFilter.Data("$.plan").EqualTo("pro") },
        }),
        Enumerable.Range(0, EventCount).Select(i => Event(TenantOf(i * (subscriptions / EventCount)), "subscriber.created")));

    /// <summary>One tenant with all of them, ten to each of many areas of events: exact types, prefixes and a filter on the data.</summary>
    public static Population OneTenant(int subscriptions) => Create(
        string.Create(CultureInfo.InvariantCulture, $"1 tenant x {subscriptions:N0}, {subscriptions / PerTenant:N0} areas of events"),
        Enumerable.Range(0, subscriptions).Select(i => (i % PerTenant) switch
        {
            < 4 => New(i, null, AreaOf(i) + ".created"),
            < 7 => New(i, null, AreaOf(i) + ".updated"),
            < 9 => New(i, null, AreaOf(i) + ".*"),
            _ => New(i, null, AreaOf(i) + ".*") with { Filter = WebhookFilter.Data("$.plan").EqualTo("pro") },
        }),
        Enumerable.Range(0, EventCount).Select(i => Event(null, AreaOf(i * (subscriptions / EventCount)) + ".created")));

    /// <summary>One tenant whose subscriptions all want the same type and differ only in their filter: every filter must be asked.</summary>
    public static Population FiltersOnly(int subscriptions) => Create(
        string.Create(CultureInfo.InvariantCulture, $"1 tenant x {subscriptions:N0}, one type, told apart by filters only"),
        Enumerable.Range(0, subscriptions).Select(i => New(i, null, "subscriber.created") with
        {
            Filter = WebhookFilter.Attribute("list").EqualTo(i.ToString(CultureInfo.InvariantCulture)),
        }),
        [Event(null, "subscriber.created") with { Attributes = new Dictionary<string, string> { ["list"] = "4711" } }]);

    private static Population Create(string name, IEnumerable<WebhookSubscription> subscriptions, IEnumerable<WebhookEvent> events) =>
        new(name, SubscriptionIndex.Empty.Apply(1, subscriptions.Select(ModelOf), []), [.. events]);

    private static SubscriptionModel ModelOf(WebhookSubscription subscription) => new()
    {
        Subscription = subscription,
        Profile = WebhookProfiles.StandardWebhooks,
        Partition = 0,
        MaxConcurrency = 16,
        Timeout = TimeSpan.FromSeconds(15),
    };

    private static WebhookSubscription New(int number, string? tenantId, string pattern) => new()
    {
        Id = number.ToString("D8", CultureInfo.InvariantCulture),
        TenantId = tenantId,
        Url = new Uri("https://example.com/hook"),
        EventTypes = [pattern],
    };

    private static WebhookEvent Event(string? tenantId, string type) => new() { Id = "1", TenantId = tenantId, Type = type, Data = Data };

    private static string TenantOf(int subscription) => string.Create(CultureInfo.InvariantCulture, $"tenant{subscription / PerTenant}");

    private static string AreaOf(int subscription) => string.Create(CultureInfo.InvariantCulture, $"area{subscription / PerTenant}");
}
