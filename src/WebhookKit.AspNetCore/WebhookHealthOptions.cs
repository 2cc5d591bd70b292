namespace WebhookKit;

/// <summary>What the health check judges by; see <see cref="Microsoft.Extensions.DependencyInjection.WebhookHealthChecksBuilderExtensions.AddWebhooks"/>.</summary>
public sealed class WebhookHealthOptions
{
    /// <summary>
    /// For how long a delivery may have been due, though its endpoint could take it, before the health is degraded: the node cannot keep up.
    /// Paused endpoints, and those behind a breaker or a limit, do not count. 1 s to a day. Default: 5 minutes.
    /// </summary>
    public TimeSpan MaxOverdue { get; set; } = TimeSpan.FromMinutes(5);
}
