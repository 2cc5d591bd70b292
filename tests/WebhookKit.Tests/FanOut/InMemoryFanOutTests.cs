using NUnit.Framework;

namespace WebhookKit.Tests.FanOut;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class InMemoryFanOutTests : FanOutTests
{
    protected override void Configure(IWebhooksBuilder webhooks)
    {
        // It is the default.
    }
}
