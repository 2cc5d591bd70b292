using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Dispatching;
using WebhookKit.Tests.Rules;
using WebhookKit.Tests.Storage;

namespace WebhookKit.Tests.Dispatching;

/// <summary>The engine is made ready once; who comes while that is being tried shares the try.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class EngineStartTests : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly EngineStart _start;
    private FaultyStore _store = null!;
    private int _tries;

    public EngineStartTests()
    {
        var services = new ServiceCollection();
        Engine.WithStore(s => _store = s)(services.AddWebhooks());
        _services = services.BuildServiceProvider();
        _start = _services.GetRequiredService<EngineStart>();
        _store.Before = method => _tries += method == nameof(IWebhookStore.InitializeAsync) ? 1 : 0;
    }

    [TearDown]
    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Test]
    public async Task Ensure_Ready_IsNotTriedAgain()
    {
        await _start.EnsureAsync(default);
        await _start.EnsureAsync(default);

        Assert.That(_tries, Is.EqualTo(1));
    }

    [Test]
    public async Task Ensure_OneTryFails_AllWhoWaitedShareIt()
    {
        var gate = new TaskCompletionSource();
        _store.Wait = _ => gate.Task;
        var all = Enumerable.Range(0, 3).Select(_ => _start.EnsureAsync(default).AsTask()).ToArray();
        Assert.That(all.Select(t => t.IsCompleted), Is.All.False);

        gate.SetException(new WebhookStoreException("The store is away."));
        foreach (var one in all) Assert.That(() => one, Throws.TypeOf<WebhookStoreException>());
        Assert.That(_tries, Is.EqualTo(1));

        _store.Wait = _ => Task.CompletedTask;
        await _start.EnsureAsync(default);
        Assert.That(_tries, Is.EqualTo(2));
    }

    [Test]
    public async Task Ensure_TheOneWhoTriesGivesUp_AnotherTriesForItself()
    {
        using var givesUp = new CancellationTokenSource();
        var gate = new TaskCompletionSource();
        _store.Wait = _ => _tries == 1 ? gate.Task.WaitAsync(givesUp.Token) : Task.CompletedTask;
        var first = _start.EnsureAsync(givesUp.Token).AsTask();
        var second = _start.EnsureAsync(default).AsTask();

        await givesUp.CancelAsync();

        Assert.That(() => first, Throws.InstanceOf<OperationCanceledException>());
        await second;
        Assert.That(_tries, Is.EqualTo(2));
    }

    [Test]
    public async Task Ensure_TheOneWhoTriesIsStuckInItsContext_TheOthersGoOn()
    {
        var gate = new TaskCompletionSource();
        _store.Wait = _ => gate.Task;
        var first = new StuckContext().Call(() => _start.EnsureAsync(default).AsTask());
        var second = _start.EnsureAsync(default).AsTask();

        gate.SetResult();
        await second.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
        await first.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
    }

    [Test]
    public async Task Ensure_OneWhoWaitsGivesUp_TheTryGoesOn()
    {
        using var givesUp = new CancellationTokenSource();
        var gate = new TaskCompletionSource();
        _store.Wait = _ => gate.Task;
        var first = _start.EnsureAsync(default).AsTask();
        var second = _start.EnsureAsync(givesUp.Token).AsTask();

        await givesUp.CancelAsync();
        Assert.That(() => second, Throws.InstanceOf<OperationCanceledException>());
        gate.SetResult();
        await first;

        Assert.That(_tries, Is.EqualTo(1));
    }
}
