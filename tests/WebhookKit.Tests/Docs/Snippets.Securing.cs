using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
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

    [Test]
    public async Task Client_WithCertificate_KeepsTheGuard()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=host", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        var root = certificate;
        var services = new ServiceCollection();
        var webhooks = services.AddWebhooks();

        // snippet: client
        webhooks.AddHttpClient("bank").ConfigurePrimaryHttpMessageHandler((handler, _) =>
        {
            var tls = ((SocketsHttpHandler)handler).SslOptions;
            tls.ClientCertificates = [certificate];
            tls.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                CustomTrustStore = { root },
                RevocationMode = X509RevocationMode.NoCheck,
            };
        });
        webhooks.AddProfile(WebhookProfiles.StandardWebhooks with { Name = "bank", HttpClient = "bank" });
        // end snippet

        await using var provider = services.BuildServiceProvider();
        var handler = provider.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(WebhookKit.Sending.HttpSender.NameOf("bank"));
        while (handler is DelegatingHandler { InnerHandler: { } inner }) handler = inner;
        Assert.That(((SocketsHttpHandler)handler).ConnectCallback, Is.Not.Null);
        Assert.That(((SocketsHttpHandler)handler).SslOptions.ClientCertificates, Has.Count.EqualTo(1));
    }
}
