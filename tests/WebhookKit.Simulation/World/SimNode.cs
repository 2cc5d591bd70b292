using Microsoft.Extensions.DependencyInjection;
using WebhookKit.Dispatching;

namespace WebhookKit.Simulation.World;

/// <summary>One process with the real engine in it: it can be stopped, be killed, and stand still.</summary>
internal sealed class SimNode : IDisposable
{
    private readonly NodeScheduler _scheduler = new();
    private readonly List<Action> _held = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly IServiceScope _services;
    private TimeSpan _pausedAt;
    private bool _sleeps;

    public SimNode(SimWorld world, string name, TimeSpan clockError, bool isFront)
    {
        (World, Name, IsFront) = (world, name, isFront);
        Clock = new NodeClock(world.Agenda, this, clockError);
        _services = NodeServices.Create(this);
        Id = Get<NodeIdentity>().Id;
    }

    public SimWorld World { get; }

    public string Name { get; }

    /// <summary>Its name among the nodes of the store.</summary>
    public string Id { get; }

    public NodeClock Clock { get; }

    /// <summary>Whether it does not deliver unless it is asked to: the web front end of a host.</summary>
    public bool IsFront { get; }

    /// <summary>Whether it has ever stood still, or its clock has been set: its times are not exact then.</summary>
    public bool HasSlipped { get; private set; }

    /// <summary>Whether its clock has ever been set.</summary>
    public bool HasJumped { get; private set; }

    /// <summary>How many drains are under way.</summary>
    public int Drains { get; set; }

    public bool IsAlive { get; private set; } = true;

    public bool IsPaused { get; private set; }

    public bool IsReady => IsAlive && !IsPaused;

    public bool HasWork => IsReady && _scheduler.HasWork;

    public bool WasLeft => _scheduler.WasLeft;

    public IWebhookPublisher Publisher => Get<IWebhookPublisher>();

    public IWebhookSubscriptions Subscriptions => Get<IWebhookSubscriptions>();

    public IWebhookDeliveries Deliveries => Get<IWebhookDeliveries>();

    public T Get<T>()
        where T : notnull => _services.ServiceProvider.GetRequiredService<T>();

    public void Configure(WebhookOptions options)
    {
        World.Plan.Configure(options);
        options.NodeId = Name;
    }

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
        World.Disturb();
        World.Note(this, "is killed");
        IsAlive = false;
        _scheduler.Clear();
        _held.Clear();
    }

    /// <summary>Asks it to stop; it is gone when it has.</summary>
    public void Stop()
    {
        World.Disturb();
        World.Note(this, "is asked to stop");
        if (IsFront) IsAlive = false;
        else Run(_stop.Cancel);
    }

    /// <summary>It stands still.</summary>
    /// <param name="sleeps">Whether its machine does, and with it the clock that counts.</param>
    public void Pause(bool sleeps)
    {
        World.Disturb();
        World.Note(this, "stands still");
        IsPaused = HasSlipped = true;
        _pausedAt = World.Agenda.Now;
        _sleeps = sleeps;
    }

    /// <summary>Somebody sets its clock.</summary>
    public void Jump(TimeSpan by)
    {
        World.Disturb();
        World.Note(this, $"has its clock set by {by}");
        HasSlipped = HasJumped = true;
        Clock.Error += by;
    }

    public void Resume()
    {
        if (!IsAlive || !IsPaused) return;
        World.Disturb();
        World.Note(this, "goes on");
        IsPaused = false;
        if (_sleeps) Clock.Slept += World.Agenda.Now - _pausedAt;
        Action[] held = [.. _held];
        _held.Clear();
        foreach (var action in held)
        {
            // Some of what has come meanwhile is only now sent to it again.
            if (World.Random.Next(4) == 0) World.Agenda.After(TimeSpan.FromSeconds(10 * World.Random.NextDouble()), () => Run(action));
            else Run(action);
        }
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
        try
        {
            await StartAsync();
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It was asked to stop before its store was there.
        }

        if (IsFront) return;
        await Get<Dispatcher>().RunAsync(_stop.Token, _abort.Token);
        World.Disturb();
        World.Note(this, "has stopped");
        IsAlive = false;
    }

    private async Task StartAsync()
    {
        while (true)
        {
            try
            {
                await Get<EngineStart>().EnsureAsync(_stop.Token);
                return;
            }
            catch (WebhookStoreException)
            {
                await ResilientLoop.WaitAsync(TimeSpan.FromSeconds(1), Clock, _stop.Token);
            }
        }
    }
}
