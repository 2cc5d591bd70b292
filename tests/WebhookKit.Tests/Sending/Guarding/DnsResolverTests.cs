using System.Collections.Concurrent;
using System.Net;
using NUnit.Framework;
using WebhookKit.Sending.Guarding;

namespace WebhookKit.Tests.Sending.Guarding;

/// <summary>Look-ups that block, as the system's do while a name server is silent.</summary>
public sealed class DnsResolverTests
{
    private static readonly IPAddress[] Addresses = [IPAddress.Loopback];

    [Test]
    public async Task Resolve_NameServerIsSilent_TakesNoThreadOfThePool()
    {
        using var silence = new ManualResetEventSlim();
        var fromPool = new ConcurrentQueue<bool>();
        var resolver = new DnsResolver(_ =>
        {
            fromPool.Enqueue(Thread.CurrentThread.IsThreadPoolThread);
            silence.Wait();
            return Addresses;
        });

        var asking = Enumerable.Range(0, 50).Select(i => resolver.ResolveAsync($"h{i}.example", default).AsTask()).ToArray();
        Assert.That(asking.Select(a => a.IsCompleted), Is.All.False);
        silence.Set();

        Assert.That(await Task.WhenAll(asking), Is.All.EqualTo(Addresses));
        Assert.That(fromPool, Has.Count.EqualTo(50).And.All.False);
    }

    [Test]
    public async Task Resolve_OneNameAskedForBySeveral_IsLookedUpOnceAtATime()
    {
        using var silence = new ManualResetEventSlim();
        var asked = 0;
        var resolver = new DnsResolver(_ =>
        {
            Interlocked.Increment(ref asked);
            silence.Wait();
            return Addresses;
        });
        var first = resolver.ResolveAsync("a.example", default).AsTask();
        var second = resolver.ResolveAsync("A.example", default).AsTask();
        silence.Set();
        await Task.WhenAll(first, second);
        Assert.That(asked, Is.EqualTo(1));

        await resolver.ResolveAsync("a.example", default);
        Assert.That(asked, Is.EqualTo(2), "what was found is not kept: names change");
    }

    [Test]
    public async Task Resolve_Canceled_DoesNotWait()
    {
        using var silence = new ManualResetEventSlim();
        using var impatient = new CancellationTokenSource();
        var resolver = new DnsResolver(_ =>
        {
            silence.Wait();
            return Addresses;
        });
        var asking = resolver.ResolveAsync("a.example", impatient.Token).AsTask();
        await impatient.CancelAsync();
        await Assert.ThatAsync(() => asking, Throws.InstanceOf<OperationCanceledException>());

        var patient = resolver.ResolveAsync("a.example", default);
        silence.Set();
        Assert.That(await patient, Is.EqualTo(Addresses));
    }

    [Test]
    public async Task Resolve_Fails_ThrowsAndIsTriedAgain()
    {
        var asked = 0;
        var resolver = new DnsResolver(_ => Interlocked.Increment(ref asked) == 1 ? throw new System.Net.Sockets.SocketException(11) : Addresses);
        await Assert.ThatAsync(() => resolver.ResolveAsync("a.example", default).AsTask(), Throws.InstanceOf<System.Net.Sockets.SocketException>());
        Assert.That(await resolver.ResolveAsync("a.example", default), Is.EqualTo(Addresses));
    }

    [Test]
    public async Task Resolve_TheMachineItself_AsksTheSystem() =>
        Assert.That(await new DnsResolver().ResolveAsync("localhost", default), Has.All.Matches<IPAddress>(a => IPAddress.IsLoopback(a!)));
}
