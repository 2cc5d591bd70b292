namespace WebhookKit.Tests.Storage.PostgreSql;

/// <summary>Makes events with one delivery each, all to one subscription.</summary>
internal sealed class StoreWrites
{
    private Guid? _first;

    public EventWrite Write(string eventId, bool takesIdOfFirst = false)
    {
        var id = takesIdOfFirst ? _first!.Value : Guid.CreateVersion7();
        _first ??= id;
        var now = DateTimeOffset.UnixEpoch;
        return new EventWrite(
            new WebhookEvent { Id = eventId, Type = "a.b", Data = "{}"u8.ToArray() },
            [new WebhookDelivery { Id = id, EventId = eventId, EventType = "a.b", SubscriptionId = "sub", CreatedAt = now, DueAt = now }],
            null)
        { PublishedAt = now };
    }
}
