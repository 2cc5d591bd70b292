namespace WebhookKit.Storage.InMemory;

/// <summary>A subscription, or the mark that there was one, at its place in the order of changes.</summary>
internal sealed class SubscriptionRow(string id)
{
    private SubscriptionRow? _previous;
    private SubscriptionRow? _next;

    public string Id { get; } = id;

    /// <summary>The tenant that it belongs, or belonged, to.</summary>
    public TenantKey Tenant { get; set; }

    /// <summary>The subscription; <see langword="null"/> once it is deleted.</summary>
    public WebhookSubscription? Current { get; set; }

    /// <summary>The change number of its last change, its deletion included.</summary>
    public long ChangedAs { get; set; }

    public SubscriptionRow? PreviousChange => _previous;

    /// <summary>Links the rows by change number.</summary>
    internal readonly struct ChangeLinks : ILinks<SubscriptionRow>
    {
        public static ref SubscriptionRow? Previous(SubscriptionRow node) => ref node._previous;

        public static ref SubscriptionRow? Next(SubscriptionRow node) => ref node._next;
    }
}
