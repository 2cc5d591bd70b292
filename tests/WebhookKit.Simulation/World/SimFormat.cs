using System.Text;

namespace WebhookKit.Simulation.World;

/// <summary>A body with the id of each event on a line of its own; now and then it has a fault, which is not the endpoint's.</summary>
internal sealed class SimFormat : IWebhookFormat
{
    /// <summary>How many of a hundred events it cannot format, and will be able to later.</summary>
    public int Faults { get; set; }

    /// <summary>Whether it has ever had any.</summary>
    public bool WasFaulty => Salt != 0;

    /// <summary>Says which.</summary>
    public int Salt { get; set; }

    public bool CanBatch(WebhookSubscription subscription) => true;

    public WebhookContent Format(in FormatContext context)
    {
        if (context.Events.Any(IsFaulty)) throw new InvalidOperationException("The format has a fault.");
        return new WebhookContent
        {
            Uri = context.Subscription.Url,
            ContentType = "text/plain",
            Body = Encoding.UTF8.GetBytes(string.Join('\n', context.Events.Select(e => e.Id))),
        };
    }

    private bool IsFaulty(WebhookEvent webhookEvent) =>
        Faults > 0 && (webhookEvent.Id.Aggregate(Salt, static (hash, letter) => unchecked((hash * 31) + letter)) & 0xffff) % 100 < Faults;
}
