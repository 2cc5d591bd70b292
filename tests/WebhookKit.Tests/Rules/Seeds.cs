using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using WebhookKit.Publishing;

namespace WebhookKit.Tests.Rules;

/// <summary>Makes a run repeatable.</summary>
internal static class Seeds
{
    public static Action<IWebhooksBuilder> Use(int seed) =>
        webhooks => webhooks.Services.Replace(ServiceDescriptor.Singleton(new RandomSource(new Random(seed))));
}
