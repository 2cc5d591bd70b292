namespace WebhookKit.Formats;

/// <summary>A header that tells something of the event beside its body.</summary>
/// <param name="Name">The header's name.</param>
/// <param name="Part">What it tells.</param>
internal sealed record HeaderSource(string Name, HeaderPart Part)
{
    public string Value(in FormatContext context) => Part switch
    {
        HeaderPart.Id => context.MessageId,
        HeaderPart.Type => context.Events[0].Type,
        HeaderPart.Topic => context.Events[0].Type.Replace('.', '/'),
        HeaderPart.SubscriptionId => context.Subscription.Id,
        _ => IsoTime.Format(context.Events[0].OccurredAt),
    };
}
