using System.Security.Authentication;

namespace WebhookKit.FunctionalTests.Hostile;

/// <summary>Receivers that ask who calls, with certificates of the host's own authority.</summary>
public sealed class ClientCertificateTests
{
    private readonly TestCertificates _certificates = new();

    [OneTimeTearDown]
    public void DisposeCertificates() => _certificates.Dispose();

    [Test]
    public async Task ClientCertificate_Configured_IsShown([Values] bool isTls13)
    {
        string? seen = null;
        await using var server = StartServer(isTls13, c => seen = c);
        var attempt = await HostileHost.AttemptOnceAsync(server.Url, HostileCase.Long, w => Configure(w, showsCertificate: true));
        Assert.Multiple(() =>
        {
            Assert.That((attempt.Outcome, attempt.Error), Is.EqualTo((AttemptOutcome.Succeeded, (string?)null)));
            Assert.That(seen, Is.EqualTo("CN=client"));
        });
    }

    [Test]
    public async Task ClientCertificate_OfAnAddedClient_IsShownForTheSubscriptionsThatNameItOnly([Values] bool byProfile)
    {
        List<string?> seen = [];
        await using var server = StartServer(isTls13: true, c =>
        {
            lock (seen) seen.Add(c);
        });
        await using var host = await TestHost.StartAsync(w =>
        {
            Configure(w.AddHttpClient("bank"), showsCertificate: true);
            Configure(w, showsCertificate: false);
            w.AddProfile(WebhookProfiles.StandardWebhooks with { Name = "bank", HttpClient = "bank" });
        });
        var named = new NewWebhookSubscription { Url = server.Url, EventTypes = ["*"], HttpClient = byProfile ? null : "bank", Profile = byProfile ? "bank" : null };
        foreach (var (subscription, outcome) in new[] { (named, AttemptOutcome.Succeeded), (named with { HttpClient = null, Profile = null }, AttemptOutcome.ConnectionLost) })
        {
            var id = (await host.Subscriptions.CreateAsync(subscription)).Id;
            var attempt = await host.Subscriptions.SendTestEventAsync(id);
            Assert.That(attempt.Outcome, Is.EqualTo(outcome), attempt.Error);
        }

        Assert.That(seen[0], Is.EqualTo("CN=client"));
        Assert.That(seen.Skip(1), Is.Not.Empty.And.All.Null, "the other one has none to show");
    }

    [Test]
    public async Task ClientCertificate_ConfiguredForAReceiverThatSaysMore_IsTaken([Values("TLSv1.2", "TLSv1.3")] string version)
    {
        await using var receiver = await MutualTlsReceiver.StartAsync(_certificates, version);
        var attempt = await HostileHost.AttemptOnceAsync(receiver.Url, HostileCase.Long, w => Configure(w, showsCertificate: true));
        Assert.That((attempt.Outcome, attempt.Error), Is.EqualTo((AttemptOutcome.Succeeded, (string?)null)));
    }

    [Test]
    public async Task ClientCertificate_Missing_IsATlsFailureInWords([Values("TLSv1.2", "TLSv1.3")] string version)
    {
        await using var receiver = await MutualTlsReceiver.StartAsync(_certificates, version);
        var attempt = await HostileHost.AttemptOnceAsync(receiver.Url, HostileCase.Long, w => Configure(w, showsCertificate: false));
        Assert.Multiple(() =>
        {
            Assert.That(attempt.Outcome, Is.EqualTo(AttemptOutcome.TlsFailed), attempt.Error);
            Assert.That(attempt.Error, Does.Contain("want").And.Contain("client certificate"));
        });
    }

    /// <summary>Some receivers, those on .NET among them, hang up without saying why.</summary>
    [Test]
    public async Task ClientCertificate_MissingAndNotSaid_IsAConnectionLoss([Values] bool isTls13)
    {
        await using var server = StartServer(isTls13, _ => { });
        var attempt = await HostileHost.AttemptOnceAsync(server.Url, HostileCase.Long, w => Configure(w, showsCertificate: false));
        Assert.That(attempt.Outcome, Is.EqualTo(AttemptOutcome.ConnectionLost), attempt.Error);
    }

    [Test]
    public async Task Guard_HandlerWithCertificates_StaysInPlace()
    {
        IWebhookStore store;
        await using (var lenient = await TestHost.StartAsync(options: o =>
        {
            o.Guard.AllowedNetworks.Add("10.0.0.0/8");
            o.Dispatch = false;
        }))
        {
            store = lenient.Services.GetRequiredService<IWebhookStore>();
            await lenient.Subscriptions.CreateAsync(new NewWebhookSubscription { Id = "s", Url = new Uri("https://10.1.2.3/hook"), EventTypes = ["*"] });
        }

        await using var host = await TestHost.StartAsync(w =>
        {
            w.UseStore(_ => store);
            Configure(w, showsCertificate: true);
        });
        var attempt = await host.Subscriptions.SendTestEventAsync("s");
        Assert.Multiple(() =>
        {
            Assert.That(attempt.Outcome, Is.EqualTo(AttemptOutcome.Blocked));
            Assert.That(attempt.Error, Does.Contain("10.0.0.0/8 (private networks)"));
        });
    }

    private void Configure(IWebhooksBuilder webhooks, bool showsCertificate) => Configure(webhooks.HttpClient, showsCertificate);

    private void Configure(IHttpClientBuilder client, bool showsCertificate) => client.ConfigurePrimaryHttpMessageHandler((handler, _) =>
    {
        var tls = ((SocketsHttpHandler)handler).SslOptions;
        tls.CertificateChainPolicy = _certificates.TrustPolicy;
        if (showsCertificate) tls.ClientCertificates = [_certificates.Client()];
    });

    private SocketServer StartServer(bool isTls13, Action<string?> onCertificate)
    {
        var tls = _certificates.Server();
        tls.EnabledSslProtocols = isTls13 ? SslProtocols.Tls13 : SslProtocols.Tls12;
        tls.ClientCertificateRequired = true;
        tls.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
        {
            onCertificate(certificate?.Subject);
            return certificate is not null;
        };
        return SocketServer.Start(HostileCase.Answer("HTTP/1.1 204 No Content\r\n\r\n"), tls);
    }
}
