using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Tests.Management;

namespace WebhookKit.Tests.Sending.Guarding;

/// <summary>The guard in the whole engine, over real connections: what is reached, and what a history says of what is not.</summary>
public sealed class GuardedDeliveryTests
{
    private const string Metadata = "169.254.169.254";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Test]
    public async Task Delivery_NameThatChangesAfterItWasSaved_IsBlockedAndSaysWhyAndWhatToDo()
    {
        using var server = new LoopbackServer();
        var resolver = new ScriptedResolver("127.0.0.1");
        await using var engine = await StartAsync(resolver);
        await engine.SubscribeAsync(server.Port);
        Assert.That((await engine.DeliverAsync()).Outcome, Is.EqualTo(AttemptOutcome.Succeeded));

        resolver.Returns(Metadata);
        var attempt = await engine.DeliverAsync();

        Assert.That(attempt.Outcome, Is.EqualTo(AttemptOutcome.Blocked));
        Assert.That(attempt.StatusCode, Is.Null);
        Assert.That(attempt.Error, Does.Contain("169.254.0.0/16 (link-local, where clouds keep their metadata)").And.Contain("AllowedHosts or AllowedNetworks").And.Contain("AllowLoopback()"));
        Assert.That(server.Heads, Has.Count.EqualTo(1));
    }

    [TestCase("127.0.0.1", Metadata)]
    [TestCase(Metadata, "127.0.0.1")]
    public async Task Delivery_OneForbiddenAnswer_IsBlocked(params string[] answers)
    {
        using var server = new LoopbackServer();
        await using var engine = await StartAsync(new ScriptedResolver(answers));
        await engine.SubscribeAsync(server.Port);

        Assert.That((await engine.DeliverAsync()).Outcome, Is.EqualTo(AttemptOutcome.Blocked));

        Assert.That(server.Heads, Is.Empty);
    }

    [Test]
    public async Task Delivery_Blocked_IsTriedAgain()
    {
        using var server = new LoopbackServer();
        var resolver = new ScriptedResolver(Metadata);
        await using var engine = await StartAsync(resolver);
        await engine.SubscribeAsync(server.Port);
        await engine.DeliverAsync();

        resolver.Returns("127.0.0.1");
        engine.Clock.Advance(TimeSpan.FromMinutes(1));
        await engine.Deliveries.DrainAsync();

        Assert.That((await engine.LastAttemptAsync()).Outcome, Is.EqualTo(AttemptOutcome.Succeeded));
    }

    [Test]
    public async Task TestEvent_ForbiddenAddress_IsBlocked()
    {
        using var server = new LoopbackServer();
        await using var engine = await StartAsync(new ScriptedResolver("127.0.0.1"), allowed: "127.0.0.2/32");
        var subscription = await engine.SubscribeAsync(server.Port);

        var attempt = await engine.Subscriptions.SendTestEventAsync(subscription.Id);

        Assert.That((attempt.Outcome, attempt.StatusCode), Is.EqualTo((AttemptOutcome.Blocked, (int?)null)));
        Assert.That(attempt.Error, Does.Contain("127.0.0.0/8 (loopback)").And.Contain("AllowLoopback()"));
        Assert.That(server.Heads, Is.Empty);
    }

    [Test]
    public async Task Handshake_ForbiddenAddress_IsRefused()
    {
        using var server = new LoopbackServer();
        var asking = WebhookProfiles.CloudEvents with { Name = "asking", Handshake = new WebhookHandshake("events.example.com") };
        await using var engine = await StartAsync(new ScriptedResolver("127.0.0.1"), allowed: "127.0.0.2/32", configure: w => w.AddProfile(asking));

        var refused = await TestEngine.ThrownAsync<WebhookValidationException>(
            async () => await engine.SubscribeAsync($"http://{GuardedEngine.Host}:{server.Port}/", "asking"));

        Assert.That(refused.Errors.Single().Field, Is.EqualTo("Url"));
        Assert.That(refused.Message, Does.Contain("127.0.0.0/8 (loopback)").And.Contain("AllowLoopback()"));
        Assert.That(server.Heads, Is.Empty);
    }

    [Test]
    public async Task Delivery_NameOfNothing_IsNotResolved()
    {
        await using var engine = await StartAsync(new ScriptedResolver());
        await engine.SubscribeAsync(80);
        Assert.That((await engine.DeliverAsync()).Outcome, Is.EqualTo(AttemptOutcome.NameNotResolved));
    }

    [TestCase(SocketError.HostNotFound)]
    [TestCase(SocketError.TryAgain)]
    [TestCase(SocketError.NoData)]
    [TestCase(SocketError.NoRecovery)]
    public async Task Delivery_DnsFails_IsNotResolved(SocketError error)
    {
        var resolver = new ScriptedResolver { Answer = _ => throw new SocketException((int)error) };
        await using var engine = await StartAsync(resolver);
        await engine.SubscribeAsync(80);
        Assert.That((await engine.DeliverAsync()).Outcome, Is.EqualTo(AttemptOutcome.NameNotResolved));
    }

    [Test]
    public async Task Delivery_DnsHangs_EndsAtTheDeadline()
    {
        var asked = new TaskCompletionSource();
        var never = new TaskCompletionSource<IPAddress[]>();
        var resolver = new ScriptedResolver
        {
            Answer = _ =>
            {
                asked.TrySetResult();
                return never.Task;
            },
        };
        await using var engine = await StartAsync(resolver);
        await engine.SubscribeAsync(80);

        var delivering = engine.DeliverAsync();
        await asked.Task.WaitAsync(Patience);
        engine.Clock.Advance(TimeSpan.FromSeconds(15));
        var attempt = await delivering.WaitAsync(Patience);

        Assert.That((attempt.Outcome, attempt.Duration), Is.EqualTo((AttemptOutcome.TimedOut, TimeSpan.FromSeconds(15))));
        never.SetResult([]);
    }

    [Test]
    public async Task Delivery_AllAddressesRefuse_IsNoConnection()
    {
        using var server = new LoopbackServer();
        await using var engine = await StartAsync(new ScriptedResolver("127.0.0.2", "127.0.0.3"));
        await engine.SubscribeAsync(server.Port);

        var attempt = await engine.DeliverAsync();

        Assert.That((attempt.Outcome, attempt.Error), Is.EqualTo((AttemptOutcome.ConnectionFailed, "No connection could be made: it was refused.")));
    }

    [TestCase("hooks.example.com")]
    [TestCase("*.example.com")]
    public async Task Delivery_AllowedHost_IsReachedWhereverItIs(string allowed)
    {
        using var server = new LoopbackServer();
        await using var engine = await StartAsync(new ScriptedResolver("127.0.0.1"), allowed: null, options: o => o.Guard.AllowedHosts.Add(allowed));
        await engine.SubscribeAsync(server.Port);

        Assert.That((await engine.DeliverAsync()).Outcome, Is.EqualTo(AttemptOutcome.Succeeded));
    }

    [TestCase("http://127.0.0.1:{0}/", "127.0.0.1:{0}")]
    [TestCase("http://0x7f.1:{0}/", "127.0.0.1:{0}")]
    [TestCase("http://[::ffff:127.0.0.1]:{0}/", "[::ffff:127.0.0.1]:{0}")]
    public async Task Delivery_LiteralAddress_IsReachedWithoutAskingDns(string url, string host)
    {
        using var server = new LoopbackServer();
        var resolver = new ScriptedResolver();
        await using var engine = await StartAsync(resolver);
        await engine.SubscribeAsync(string.Format(null, url, server.Port));

        Assert.That((await engine.DeliverAsync()).Outcome, Is.EqualTo(AttemptOutcome.Succeeded));

        Assert.That(server.Heads.Single(), Does.Contain($"Host: {string.Format(null, host, server.Port)}{Environment.NewLine}"));
        Assert.That(resolver.Asked, Is.Empty);
    }

    [Test]
    public async Task Delivery_ByHttp_NamesTheHost()
    {
        using var server = new LoopbackServer();
        var resolver = new ScriptedResolver("127.0.0.2", "127.0.0.1");
        await using var engine = await StartAsync(resolver);
        await engine.SubscribeAsync(server.Port);

        Assert.That((await engine.DeliverAsync()).Outcome, Is.EqualTo(AttemptOutcome.Succeeded), "the second address, where the first refuses");

        Assert.That(server.Heads.Single(), Does.StartWith("POST /hooks HTTP/1.1").And.Contain($"Host: {GuardedEngine.Host}:{server.Port}{Environment.NewLine}"));
        Assert.That(resolver.Asked, Is.EqualTo(new[] { GuardedEngine.Host }));
    }

    [Test]
    public async Task Delivery_ByTls_NamesTheHostAndChecksItsCertificate()
    {
        using var certificate = CreateCertificate(GuardedEngine.Host);
        using var server = new LoopbackServer(certificate: certificate);
        X509ChainStatusFlags[] faults = [];
        await using var engine = await StartAsync(new ScriptedResolver("127.0.0.1"), configure: w => w.HttpClient.ConfigurePrimaryHttpMessageHandler((handler, _) =>
            ((SocketsHttpHandler)handler).SslOptions.RemoteCertificateValidationCallback = (_, _, chain, errors) =>
            {
                faults = [.. chain!.ChainStatus.Select(s => s.Status)];
                return errors == System.Net.Security.SslPolicyErrors.RemoteCertificateChainErrors;
            }));
        await engine.SubscribeAsync(server.Port, "https");

        Assert.That((await engine.DeliverAsync()).Outcome, Is.EqualTo(AttemptOutcome.Succeeded));

        Assert.That(server.ServerName, Is.EqualTo(GuardedEngine.Host));
        Assert.That(server.Heads.Single(), Does.Contain($"Host: {GuardedEngine.Host}:{server.Port}{Environment.NewLine}"));
        Assert.That(faults, Is.Not.Empty.And.All.EqualTo(X509ChainStatusFlags.UntrustedRoot), "all but the name is wrong with it");
    }

    [TestCase("hooks.example.com")]
    [TestCase("other.example.com")]
    public async Task Delivery_UntrustedCertificate_Fails(string name)
    {
        using var certificate = CreateCertificate(name);
        using var server = new LoopbackServer(certificate: certificate);
        await using var engine = await StartAsync(new ScriptedResolver("127.0.0.1"));
        await engine.SubscribeAsync(server.Port, "https");

        Assert.That((await engine.DeliverAsync()).Outcome, Is.EqualTo(AttemptOutcome.TlsFailed));

        Assert.That(server.Heads, Is.Empty);
    }

    [Test]
    public async Task Delivery_ByProxy_GoesThroughItAndAsksNoDns()
    {
        using var proxy = new LoopbackServer();
        var resolver = new ScriptedResolver(Metadata);
        await using var engine = await StartAsync(resolver, options: o => o.Guard.Proxy = new Uri($"http://127.0.0.1:{proxy.Port}"));
        await engine.SubscribeAsync(8080);

        Assert.That((await engine.DeliverAsync()).Outcome, Is.EqualTo(AttemptOutcome.Succeeded));

        Assert.That(proxy.Heads.Single(), Does.StartWith($"POST http://{GuardedEngine.Host}:8080/hooks HTTP/1.1"));
        Assert.That(resolver.Asked, Is.Empty);
    }

    [Test]
    public async Task Delivery_ByProxyAndTls_AsksItForATunnel()
    {
        using var proxy = new LoopbackServer { Answer = "403 Forbidden" };
        await using var engine = await StartAsync(new ScriptedResolver(), options: o => o.Guard.Proxy = new Uri($"http://127.0.0.1:{proxy.Port}"));
        await engine.SubscribeAsync(443, "https");

        var attempt = await engine.DeliverAsync();

        Assert.That(proxy.Heads.Single(), Does.StartWith($"CONNECT {GuardedEngine.Host}:443 HTTP/1.1"));
        Assert.That(attempt.Outcome, Is.EqualTo(AttemptOutcome.ConnectionFailed));
        Assert.That(attempt.Error, Does.Contain("403"));
    }

    [TestCase("http://127.0.0.1/")]
    [TestCase("http://localhost/")]
    [TestCase("http://169.254.169.254/")]
    [TestCase("http://metadata.google.internal/")]
    public async Task Subscription_ByProxy_IsJudgedAllTheSame(string url)
    {
        await using var engine = await StartAsync(new ScriptedResolver(), allowed: null, options: o => o.Guard.Proxy = new Uri("http://egress.internal:3128"));
        await TestEngine.ThrownAsync<WebhookValidationException>(async () => await engine.SubscribeAsync(url));
    }

    private static Task<GuardedEngine> StartAsync(
        ScriptedResolver resolver, string? allowed = "127.0.0.0/8", Action<WebhookOptions>? options = null, Action<IWebhooksBuilder>? configure = null) =>
        GuardedEngine.StartAsync(
            resolver,
            o =>
            {
                if (allowed is not null) o.Guard.AllowedNetworks.Add(allowed);
                options?.Invoke(o);
            },
            configure);

    private static X509Certificate2 CreateCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, new DateTimeOffset(2100, 1, 1, 0, 0, 0, TimeSpan.Zero));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
