namespace WebhookKit.Formats;

internal sealed class StandardWebhooksFormat : IWebhookFormat
{
    public bool CanBatch => true;

    public WebhookContent Format(in FormatContext context) => throw new NotSupportedException();
}
