using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using WebhookKit.AspNetCore.Protection;

namespace WebhookKit;

/// <summary>Protects secrets at rest by ASP.NET Core's Data Protection.</summary>
public static class WebhookDataProtectionExtensions
{
    /// <summary>
    /// Protects the secrets of subscriptions, and the values of their headers, in whatever store, by Data Protection: with a purpose for each
    /// tenant, so that one tenant's secret cannot pass for another's.
    /// </summary>
    /// <remarks>
    /// What is stored can be read only with the keys that protected it. Keep them where they outlive the process and where all nodes see
    /// them, and give all nodes one name:
    /// <c>services.AddDataProtection().SetApplicationName("shop").PersistKeysToFileSystem(…).ProtectKeysWith…(…)</c>.
    /// </remarks>
    /// <param name="webhooks">The webhooks.</param>
    /// <param name="configure">Sets the options.</param>
    /// <returns>The webhooks.</returns>
    public static IWebhooksBuilder ProtectSecretsWithDataProtection(this IWebhooksBuilder webhooks, Action<WebhookSecretProtectionOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(webhooks);
        var options = new WebhookSecretProtectionOptions();
        configure?.Invoke(options);
        webhooks.Services.AddDataProtection();
        return webhooks.UseSecretProtector(services => new DataProtectionSecretProtector(services.GetRequiredService<IDataProtectionProvider>(), options));
    }
}
