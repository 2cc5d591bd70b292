namespace WebhookKit;

/// <summary>How secrets are protected at rest; see <see cref="WebhookDataProtectionExtensions.ProtectSecretsWithDataProtection"/>.</summary>
public sealed class WebhookSecretProtectionOptions
{
    /// <summary>
    /// Whether what was stored before protection was turned on can still be read. It is protected when its subscription is next saved. Default:
    /// yes. Once all are, set it to no: then nobody who can write to the database can put a secret of their own there.
    /// </summary>
    public bool ReadUnprotected { get; set; } = true;
}
