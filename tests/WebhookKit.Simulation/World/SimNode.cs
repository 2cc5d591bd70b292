using Microsoft.Extensions.DependencyInjection;
using WebhookKit.Dispatching;

namespace WebhookKit.Simulation.World;

/// <summary>One process with the real engine in it: it can be stopped, be killed, and stand still.</summary>
internal sealed class SimNode : IDisposable
{
    private readonly SimWorld _world;
    private readonly NodeScheduler _scheduler = new();
    private readonly List<Action> _held = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly ServiceProvider _services;

    public SimNode(SimWorld world, string name, TimeSpan clockError)
    {
        (_world, Name, ClockError) = (world, name, clockError);
        Clock = new NodeClock(world.Agenda, this, clockError);
        _services = NodeServices.Build(world, this);
        Id = _services.GetRequiredService<NodeIdentity>().Id;
    }

    public string Name { get; }

    /// <summary>Its name among the nodes of the store.</summary>
    public string Id { get; }

    public NodeClock Clock { get; }

    public TimeSpan ClockError { get; }

    /// <summary>Whether it has ever stood still.</summary>
    public bool HasPaused { get; private set; }

    public bool IsAlive { get; private set; } = true;

    public bool IsPaused { get; private set; }

    public bool IsReady => IsAlive && !IsPaused;

    public bool HasWork => IsReady && _scheduler.HasWork;

    public bool WasLeft => _scheduler.WasLeft;

    public IWebhookPublisher Publisher => _services.GetRequiredService<IWebhookPublisher>();

    public IWebhookSubscriptions Subscriptions => _services.GetRequiredService<IWebhookSubscriptions>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public void Start() => Run(() => _ = LiveAsync());

    /// <summary>Does something on this node, as soon as it does anything; never if it is dead.</summary>
    public void Run(Action action)
    {
        if (!IsAlive) return;
        if (IsPaused) _held.Add(action);
        else new Task(action).RunSynchronously(_scheduler);
    }

    public void RunOne(Random random) => _scheduler.RunOne(random);

    public void Kill()
    {
        _world.Note(this, "is killed");
        IsAlive = false;
        _scheduler.Clear();
        _held.Clear();
    }

    /// <summary>Asks it to stop; it is gone when it has.</summary>
    public void Stop()
    {
        _world.Note(this, "is asked to stop");
        Run(_stop.Cancel);
    }

    public void Pause()
    {
        _world.Note(this, "stands still");
        IsPaused = HasPaused = true;
    }

    public void Resume()
    {
        if (!IsAlive || !IsPaused) return;
        _world.Note(this, "goes on");
        IsPaused = false;
        Action[] held = [.. _held];
        _held.Clear();
        foreach (var action in held) Run(action);
    }

    public void Dispose()
    {
        IsAlive = false;
        _services.Dispose();
        _stop.Dispose();
        _abort.Dispose();
    }

    private async Task LiveAsync()
    {
        for (var isReady = false; !isReady;)
        {
            try
            {
                await Get<EngineStart>().EnsureAsync(_stop.Token);
                isReady = true;
            }
            catch (WebhookStoreException)
            {
                await ResilientLoop.WaitAsync(TimeSpan.FromSeconds(1), Clock, _stop.Token);
            }
        }

        await Get<Dispatcher>().RunAsync(_stop.Token, _abort.Token);
        _world.Note(this, "has stopped");
        IsAlive = false;
    }
}
