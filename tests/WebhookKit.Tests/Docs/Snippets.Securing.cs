using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace WebhookKit.Tests.Docs;

public sealed partial class Snippets
{
    [Test]
    public async Task Guard_Opened_TakesWhatItNames()
    {
        var services = new ServiceCollection();

        // snippet: guard
        services.AddWebhooks(options =>
        {
            options.Guard.AllowedHosts.Add("hooks.internal");       // or *.svc.internal, for all below
            options.Guard.AllowedNetworks.Add("10.20.0.0/16");      // addresses, whatever their names are
        });
        // end snippet

        await TakesAsync(services, "https://hooks.internal/", "https://10.20.3.4/");
    }

    [Test]
    public async Task Guard_Loopback_TakesThisMachine()
    {
        var services = new ServiceCollection();

        // snippet: loopback
        services.AddWebhooks().AllowLoopback();
        // end snippet

        await TakesAsync(services, "http://localhost:5000/hooks", "http://127.0.0.1/", "http://[::1]/");
    }

    private static async Task TakesAsync(IServiceCollection services, params string[] urls)
    {
        await using var provider = services.BuildServiceProvider();
        var subscriptions = provider.GetRequiredService<IWebhookSubscriptions>();
        foreach (var url in urls) await subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri(url) });
        Assert.That(async () => await subscriptions.CreateAsync(new NewWebhookSubscription { Url = new Uri("https://10.21.0.1/") }), Throws.TypeOf<WebhookValidationException>());
    }
}
