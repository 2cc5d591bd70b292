using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using WebhookKit.Dispatching;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Rules;

/// <summary>Several nodes on one store and one clock, whose sweeps are so rare that they find nothing while a test runs.</summary>
internal sealed class Nodes : IAsyncDisposable
{
    private readonly List<BackgroundEngine> _started = [];

    public Nodes() => Store = new FaultyStore(Clock);

    public ManualTimeProvider Clock { get; } = new();

    public FaultyStore Store { get; }

    /// <summary>The channel between them.</summary>
    public SpyChannel Channel { get; } = new();

    /// <summary>Starts a node; all partitions have their owners when it returns.</summary>
    public async Task<BackgroundEngine> StartAsync(Action<IWebhooksBuilder>? configure = null, bool dispatches = true)
    {
        var node = BackgroundEngine.Create(
            webhooks =>
            {
                webhooks.UseStore(_ => Store);
                webhooks.Services.Replace(ServiceDescriptor.Singleton<IWakeUpChannel>(Channel));
                webhooks.Services.Configure<WebhookOptions>(o =>
                {
                    o.SweepInterval = TimeSpan.FromMinutes(5);
                    o.Dispatch = dispatches;
                });
                configure?.Invoke(webhooks);
            },
            Clock);
        await node.StartAsync();
        _started.Add(node);
        await AdvanceUntilAsync(() => _started.Sum(n => n.Services.GetRequiredService<OwnedPartitions>().All.Count) == Store.PartitionCount && ShareIsFair());

        // What was said while they came together is not what tests look at.
        await RestAndForgetAsync();
        return node;
    }

    /// <summary>The node that owns the lane of a subscription.</summary>
    public BackgroundEngine OwnerOf(string subscriptionId) => _started.Single(n => Owns(n, subscriptionId));

    /// <summary>An id of a subscription whose lane a node owns.</summary>
    public string IdOwnedBy(BackgroundEngine node) => Enumerable.Range(0, 10_000).Select(i => $"sub_{i}").First(id => Owns(node, id));

    /// <summary>Lets everything come to rest that is under way, and what was noted be sent. Enough to show that something does not happen.</summary>
    public async Task RestAsync()
    {
        await AdvanceUntilAsync(() => _started.TrueForAll(n => n.Services.GetRequiredService<WakeSender>().IsIdle), TimeSpan.FromMilliseconds(5));
        for (var i = 0; i < 3; i++)
        {
            Clock.Advance(TimeSpan.FromMilliseconds(25));
            for (var yields = 0; yields < 1000; yields++) await Task.Yield();
            await Task.Delay(1);
        }
    }

    /// <summary>The same, and forgets what has been said so far.</summary>
    public async Task RestAndForgetAsync()
    {
        await RestAsync();
        Channel.Sent.Clear();
    }

    public Task AdvanceUntilAsync(Func<bool> condition, TimeSpan? step = null) => _started[0].AdvanceUntilAsync(condition, step);

    /// <summary>Waits for something that happens without the clock being moved.</summary>
    public Task UntilAsync(Func<bool> condition) => AdvanceUntilAsync(condition, TimeSpan.Zero);

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _started) await node.DisposeAsync();
    }

    private bool Owns(BackgroundEngine node, string subscriptionId) =>
        node.Services.GetRequiredService<OwnedPartitions>().Owns(Partitioner.GetPartition(subscriptionId, Store.PartitionCount));

    private bool ShareIsFair()
    {
        var dispatching = _started.Where(n => n.Services.GetRequiredService<WebhookOptions>().Dispatch).ToArray();
        return dispatching.Length == 0 || dispatching.All(n => n.Services.GetRequiredService<OwnedPartitions>().All.Count > 0);
    }
}
