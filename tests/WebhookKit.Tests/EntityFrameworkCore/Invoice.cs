namespace WebhookKit.Tests.EntityFrameworkCore;

/// <summary>An entity that raises its own events.</summary>
internal sealed class Invoice : IHasWebhookEvents
{
    public Guid Id { get; set; } = Guid.NewGuid();

    public bool IsPaid { get; set; }

    public RaisedWebhookCollection RaisedWebhooks { get; } = new();

    public void Pay()
    {
        IsPaid = true;
        RaisedWebhooks.Raise(new InvoicePaid(Id));
    }
}
