namespace WebhookKit;

/// <summary>A condition on an event's attributes and data: a value, not a script.</summary>
public abstract record WebhookFilter
{
    private protected WebhookFilter()
    {
    }
}
