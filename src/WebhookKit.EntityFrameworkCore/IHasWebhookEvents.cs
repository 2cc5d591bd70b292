namespace WebhookKit;

/// <summary>
/// An entity that raises events itself. When a <c>DbContext</c> that tracks it saves, what it has raised is stored in the same transaction, and
/// cleared once that is committed.
/// </summary>
/// <remarks>The context has to be set up for it, by <c>UseDbContext</c> or <c>UseWebhooks</c>: one that is not knows nothing of this interface.</remarks>
public interface IHasWebhookEvents
{
    /// <summary>What the entity has raised and what is not stored yet: <c>{ get; } = new();</c>. It is not mapped to the database.</summary>
    RaisedWebhookCollection RaisedWebhooks { get; }
}
