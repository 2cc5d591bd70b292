namespace WebhookKit.Signing;

internal sealed class StandardWebhooksSigner : ISigner
{
    public void Sign(in SigningContext context, WebhookHeaders headers) => throw new NotSupportedException();

    public string? FindSecretFault(string secret) => throw new NotSupportedException();

    public string GenerateSecret() => throw new NotSupportedException();
}
