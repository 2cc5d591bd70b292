using System.Net;
using System.Net.Sockets;
using NUnit.Framework;
using WebhookKit.Sending.Guarding;

namespace WebhookKit.Tests.Sending.Guarding;

/// <summary>Connections as the HTTP client asks for them.</summary>
public sealed class GuardedConnectorTests
{
    private const string Metadata = "169.254.169.254";

    [TestCase("127.0.0.1", Metadata)]
    [TestCase(Metadata, "127.0.0.1")]
    [TestCase("127.0.0.1", "::1")]
    [TestCase("127.0.0.1", "::ffff:169.254.169.254")]
    [TestCase("127.0.0.1", "127.0.0.1", "fe80::1%1")]
    [TestCase("2606:4700::1111", "127.0.0.1", "64:ff9b::a00:1")]
    public async Task Connect_OneForbiddenAnswer_IsRefusedWhereverItStands(params string[] answers)
    {
        using var server = new LoopbackServer();
        var blocked = await BlockedAsync(new ScriptedResolver(answers), server.Port);

        Assert.That(blocked.Message, Does.StartWith("The endpoint's host leads to an address in "));
        Assert.That(server.Heads, Is.Empty);
    }

    [Test]
    public async Task Connect_ForbiddenAnswerAfterThousandsOfGoodOnes_IsRefused()
    {
        using var server = new LoopbackServer();
        var answers = Enumerable.Repeat("127.0.0.1", 9_999).Append(Metadata);

        Assert.That((await BlockedAsync(new ScriptedResolver(answers), server.Port)).Message, Does.Contain("169.254.0.0/16"));

        Assert.That(server.Heads, Is.Empty);
    }

    [TestCase(63, true)]
    [TestCase(64, false)]
    [TestCase(9_999, false)]
    public async Task Connect_ThousandsOfAnswers_TriesTheFirstFew(int dead, bool reaches)
    {
        using var server = new LoopbackServer();
        var answers = Enumerable.Repeat("127.0.0.2", dead).Append("127.0.0.1").Concat(Enumerable.Repeat("127.0.0.1", 9_999 - dead));

        var error = await ConnectAsync(new ScriptedResolver(answers), $"http://a.example:{server.Port}/");

        Assert.That(error, reaches ? Is.Null : Is.InstanceOf<SocketException>());
        Assert.That(server.Heads, Has.Count.EqualTo(reaches ? 1 : 0));
    }

    [Test]
    public async Task Connect_FirstAddressRefuses_TriesTheNext()
    {
        using var server = new LoopbackServer();
        Assert.That(await ConnectAsync(new ScriptedResolver("127.0.0.2", "127.0.0.3", "127.0.0.1"), $"http://a.example:{server.Port}/"), Is.Null);
    }

    [Test]
    public async Task Connect_NoAddressAnswers_SaysWhyTheLastDidNot()
    {
        using var server = new LoopbackServer();
        var error = await ConnectAsync(new ScriptedResolver("127.0.0.2", "127.0.0.3"), $"http://a.example:{server.Port}/");
        Assert.That(error, Is.InstanceOf<SocketException>().With.Property("SocketErrorCode").EqualTo(SocketError.ConnectionRefused));
    }

    [Test]
    public async Task Connect_NoAnswer_IsHostNotFound()
    {
        var error = await ConnectAsync(new ScriptedResolver(), "http://a.example/");
        Assert.That(error, Is.InstanceOf<SocketException>().With.Property("SocketErrorCode").EqualTo(SocketError.HostNotFound));
    }

    [TestCase("http://[::1]/", "::1/128")]
    [TestCase("http://[fe80::1]/", "fe80::/10")]
    [TestCase("http://[::ffff:169.254.169.254]/", "169.254.0.0/16")]
    [TestCase("http://169.254.169.254/", "169.254.0.0/16")]
    [TestCase("http://0xa9fea9fe/", "169.254.0.0/16")]
    [TestCase("http://10.0.0.1/", "10.0.0.0/8")]
    public async Task Connect_ForbiddenLiteral_IsRefusedWithoutAskingDns(string url, string rule)
    {
        var resolver = new ScriptedResolver("127.0.0.1");

        var error = await ConnectAsync(resolver, url);

        Assert.That(error, Is.InstanceOf<EndpointBlockedException>().With.Message.Contains(rule));
        Assert.That(resolver.Asked, Is.Empty);
    }

    [TestCase("http://127.0.0.1:{0}/")]
    [TestCase("http://0x7f.1:{0}/")]
    [TestCase("http://[::ffff:127.0.0.1]:{0}/")]
    [TestCase("http://[::ffff:7f00:1]:{0}/")]
    public async Task Connect_AllowedLiteral_IsReachedWithoutAskingDns(string url)
    {
        using var server = new LoopbackServer();
        var resolver = new ScriptedResolver(Metadata);

        Assert.That(await ConnectAsync(resolver, string.Format(null, url, server.Port)), Is.Null);

        Assert.That(resolver.Asked, Is.Empty);
    }

    [Test]
    public async Task Connect_MappedAnswer_IsReachedByIPv4()
    {
        using var server = new LoopbackServer();
        Assert.That(await ConnectAsync(new ScriptedResolver("::ffff:127.0.0.1"), $"http://a.example:{server.Port}/"), Is.Null);
    }

    [Test]
    public async Task Connect_IPv6InBrackets_IsReached()
    {
        if (!Socket.OSSupportsIPv6) Assert.Ignore("No IPv6 here.");
        using var server = new LoopbackServer(IPAddress.IPv6Loopback);
        var resolver = new ScriptedResolver();

        Assert.That(await ConnectAsync(resolver, $"http://[::1]:{server.Port}/", "::1/128"), Is.Null);

        Assert.That(server.Heads.Single(), Does.Contain($"Host: [::1]:{server.Port}"));
        Assert.That(resolver.Asked, Is.Empty);
    }

    [TestCase("hooks.internal", "hooks.internal")]
    [TestCase("*.internal", "hooks.internal")]
    [TestCase("hooks.internal", "HOOKS.internal.")]
    public async Task Connect_AllowedHost_IsNotJudged(string allowed, string host)
    {
        using var server = new LoopbackServer();
        var options = new EndpointGuardOptions();
        options.AllowedHosts.Add(allowed);

        Assert.That(await ConnectAsync(new ScriptedResolver("127.0.0.1"), $"http://{host}:{server.Port}/", options), Is.Null);
        Assert.That(await ConnectAsync(new ScriptedResolver("127.0.0.1"), $"http://internal.example:{server.Port}/", options), Is.InstanceOf<EndpointBlockedException>());
    }

    [Test]
    public async Task Connect_AllowLoopback_OpensThisMachineAlone()
    {
        using var server = new LoopbackServer();
        var options = new EndpointGuardOptions { AllowLoopback = true };

        Assert.That(await ConnectAsync(new ScriptedResolver("127.0.0.1"), $"http://localhost:{server.Port}/", options), Is.Null);
        Assert.That(await ConnectAsync(new ScriptedResolver("10.0.0.1"), $"http://localhost:{server.Port}/", options), Is.InstanceOf<EndpointBlockedException>());
        Assert.That(await ConnectAsync(new ScriptedResolver("0.0.0.0"), $"http://localhost:{server.Port}/", options), Is.InstanceOf<EndpointBlockedException>());
    }

    /// <summary>A listener that takes no more connections leaves those who ask without an answer, as a dead machine does.</summary>
    [Test]
    public async Task Connect_FirstAddressIsSilent_TriesTheNext()
    {
        using var server = new LoopbackServer();
        using var silent = new TcpListener(IPAddress.Parse("127.0.0.2"), server.Port);
        silent.Start(backlog: 1);
        Socket[] fillers = [.. Enumerable.Range(0, 8).Select(_ => new Socket(SocketType.Stream, ProtocolType.Tcp))];
        var filling = Array.ConvertAll(fillers, s => s.ConnectAsync(silent.LocalEndpoint));

        var error = await ConnectAsync(new ScriptedResolver("127.0.0.2", "127.0.0.1"), $"http://a.example:{server.Port}/", patience: TimeSpan.FromMilliseconds(50));

        Assert.That((error, server.Heads.Count), Is.EqualTo(((Exception?)null, 1)));
        foreach (var filler in fillers) filler.Dispose();
        await Task.WhenAll(filling).ContinueWith(static _ => { }, TaskScheduler.Default);
    }

    [Test]
    public async Task Connect_Canceled_StopsAskingDns()
    {
        var resolver = new ScriptedResolver();
        var asked = new TaskCompletionSource();
        resolver.Answer = async cancellationToken =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return [];
        };
        using var handler = Handler(resolver, Allowing("127.0.0.0/8"));
        handler.ConnectTimeout = TimeSpan.FromMilliseconds(50);
        using var client = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, "http://a.example/");

        var sending = client.SendAsync(request, CancellationToken.None);
        await asked.Task;

        Assert.That(async () => await sending.WaitAsync(TimeSpan.FromSeconds(30)), Throws.InstanceOf<OperationCanceledException>());
    }

    private static async Task<Exception> BlockedAsync(ScriptedResolver resolver, int port)
    {
        var error = await ConnectAsync(resolver, $"http://a.example:{port}/");
        Assert.That(error, Is.InstanceOf<EndpointBlockedException>());
        return error!;
    }

    private static Task<Exception?> ConnectAsync(ScriptedResolver resolver, string url, string allowed = "127.0.0.0/8", TimeSpan? patience = null) =>
        ConnectAsync(resolver, url, Allowing(allowed), patience);

    /// <returns>Why there was no answer, at the bottom of it.</returns>
    private static async Task<Exception?> ConnectAsync(ScriptedResolver resolver, string url, EndpointGuardOptions options, TimeSpan? patience = null)
    {
        using var handler = Handler(resolver, options, patience);
        using var client = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, url);
        try
        {
            using var response = await client.SendAsync(request, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
            return null;
        }
        catch (HttpRequestException cause)
        {
            return cause.GetBaseException();
        }
    }

    private static SocketsHttpHandler Handler(ScriptedResolver resolver, EndpointGuardOptions options, TimeSpan? patience = null) =>
        new() { UseProxy = false, ConnectCallback = new GuardedConnector(new EndpointGuard(options), resolver, TimeProvider.System, patience).ConnectAsync };

    private static EndpointGuardOptions Allowing(string network)
    {
        var options = new EndpointGuardOptions();
        options.AllowedNetworks.Add(network);
        return options;
    }
}
