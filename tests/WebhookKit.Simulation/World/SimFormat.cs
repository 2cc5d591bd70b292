using System.Text;

namespace WebhookKit.Simulation.World;

/// <summary>A body with the id of each event on a line of its own.</summary>
internal sealed class SimFormat : IWebhookFormat
{
    public bool CanBatch(WebhookSubscription subscription) => true;

    public WebhookContent Format(in FormatContext context) => new()
    {
        Uri = context.Subscription.Url,
        ContentType = "text/plain",
        Body = Encoding.UTF8.GetBytes(string.Join('\n', context.Events.Select(e => e.Id))),
    };
}
