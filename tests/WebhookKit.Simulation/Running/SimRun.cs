using WebhookKit.Simulation.Rules;
using WebhookKit.Simulation.World;

namespace WebhookKit.Simulation.Running;

/// <summary>One run: a host's life for a while, with all that can go wrong, and then enough time for everything to come right.</summary>
internal sealed class SimRun
{
    private static readonly TimeSpan Patience = TimeSpan.FromDays(4);

    private readonly SimWorld _world;
    private readonly Disturber _disturber;

    private SimRun(SimWorld world) => (_world, _disturber) = (world, new Disturber(world));

    /// <summary>Runs a seed.</summary>
    /// <param name="seed">What everything is drawn from.</param>
    /// <param name="traces">Whether to keep what happens.</param>
    /// <returns>What came of it.</returns>
    public static RunResult Run(int seed, bool traces = false)
    {
        using var world = new SimWorld(seed, traces);
        string? fault = null;

        // Whoever runs tests may have a context of its own, which continuations would rather go to.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            new SimRun(world).Run();
        }
        catch (RuleBrokenException broken)
        {
            fault = broken.Message;
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }

        return new RunResult(seed, fault, world.Digest, world.Rules.Requests, world.Agenda.Now, world.Trace);
    }

    private void Run()
    {
        Begin();
        PlanEvents();
        for (var i = 0; i < _world.Plan.Disturbances; i++) _world.Agenda.After(Sometime(), _disturber.Disturb);
        RunFor(_world.Plan.Lasts);

        _disturber.Heal();
        var until = _world.Agenda.Now + Patience;
        while (!IsDone() && _world.Agenda.Now < until)
        {
            RunFor(TimeSpan.FromMinutes(5));
            _disturber.Enable();
        }

        _world.Rules.CheckEnd();
    }

    private void Begin()
    {
        for (var i = 0; i < _world.Plan.Nodes; i++) _world.StartNode();
        for (var i = 0; i < _world.Plan.Endpoints; i++)
        {
            var subscription = NewSubscription(i);
            _world.Subscriptions.Add(subscription.Id!);
            _world.Do(node => node.Subscriptions.CreateAsync(subscription).AsTask());
        }

        RunFor(TimeSpan.FromSeconds(1));
    }

    private NewWebhookSubscription NewSubscription(int number)
    {
        var random = _world.Random;
        return new NewWebhookSubscription
        {
            Id = $"sub{number}",
            Url = new Uri($"https://sub{number}.example.com/hook"),
            EventTypes = random.Next(3) == 0 ? ["*"] : [.. Enumerable.Range(0, 4).Where(_ => random.Next(2) == 0).Select(t => $"type{t}")],
            Order = (DeliveryOrder)random.Next(3),
            MaxConcurrency = random.Next(1, 17),
            RateLimit = random.Next(3) == 0 ? new RateLimit(random.Next(1, 10), TimeSpan.FromSeconds(random.Next(1, 60))) : null,
            Batching = random.Next(3) == 0 ? new BatchingOptions { MaxEvents = random.Next(1, 20), MaxDelay = TimeSpan.FromSeconds(random.Next(0, 30)) } : null,
        };
    }

    private void PlanEvents()
    {
        for (var i = 0; i < _world.Plan.Events; i++)
        {
            var webhookEvent = new WebhookEvent
            {
                Id = $"event{i}",
                Type = $"type{_world.Random.Next(4)}",
                Data = "{}"u8.ToArray(),
                OrderingKey = _world.Random.Next(3) is var key and > 0 ? $"key{key}" : null,
            };
            var stopsShort = _world.Plan.Disturbances > 0 && _world.Random.Next(20) == 0;
            _world.Agenda.After(Sometime(), () => Publish(webhookEvent, stopsShort));
        }
    }

    /// <summary>Publishes until it is known to be stored, as a careful host does.</summary>
    /// <param name="webhookEvent">The event.</param>
    /// <param name="stopsShort">Whether its node stands still before it learns what became of it.</param>
    private void Publish(WebhookEvent webhookEvent, bool stopsShort = false)
    {
        if (_world.Rules.Promised.Contains(webhookEvent.Id)) return;
        var publisher = _world.Do(async node =>
        {
            await node.Publisher.PublishAsync(webhookEvent);
            _world.Note(node, $"has published {webhookEvent.Id}");
            _world.Rules.Promised.Add(webhookEvent.Id);
        });
        if (stopsShort && publisher is { IsReady: true }) _disturber.Pause(publisher);
        _world.Agenda.After(TimeSpan.FromSeconds(30 + _world.Random.Next(30)), () => Publish(webhookEvent));
    }

    private TimeSpan Sometime()
    {
        // Some things come together.
        var at = _world.Plan.Lasts * _world.Random.NextDouble();
        return _world.Random.Next(2) == 0 ? at : TimeSpan.FromSeconds(Math.Floor(at.TotalSeconds / 60) * 60);
    }

    private void RunFor(TimeSpan time) => _world.RunUntil(_world.Agenda.Now + time);

    private bool IsDone() =>
        _world.Rules.Promised.Count == _world.Plan.Events
        && _world.Database.Owed.Values.SelectMany(o => o).All(o => _world.Database.Find(o.Id).Status != DeliveryStatus.Pending);
}
