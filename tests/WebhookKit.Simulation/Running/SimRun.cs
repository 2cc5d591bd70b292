using WebhookKit.Simulation.Rules;
using WebhookKit.Simulation.World;

namespace WebhookKit.Simulation.Running;

/// <summary>One run: a host's life for a while, with all that can go wrong, and then enough time for everything to come right.</summary>
internal sealed class SimRun
{
    private readonly SimWorld _world;
    private readonly Disturber _disturber;
    private readonly Operator _operator;

    private SimRun(SimWorld world) => (_world, _disturber, _operator) = (world, new Disturber(world), new Operator(world));

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

        return new RunResult(seed, fault, world.Digest, world.Rules.Requests.Count, world.Agenda.Now, world.Trace);
    }

    private void Run()
    {
        Begin();
        PlanEvents();
        for (var i = 0; i < _world.Plan.Disturbances; i++) _world.Agenda.After(Sometime(), _disturber.Disturb);
        for (var i = 0; i < _world.Plan.Deeds; i++) _world.Agenda.After(Sometime(), _operator.Act);
        for (var i = 0; i < _world.Plan.Changes; i++) _world.Agenda.After(Sometime(), _operator.Change);
        RunFor(_world.Plan.Lasts);

        _disturber.Heal();
        var until = _world.Agenda.Now + _world.Plan.Patience;
        while (!IsDone() && _world.Agenda.Now < until)
        {
            RunFor(Operator.DrainInterval);
            _disturber.EnableAll();
            if (_world.Plan.DrainsByHand) _operator.Drain(isAllWell: true);
        }

        _world.Rules.End.CheckDone();
        End();
    }

    /// <summary>Nothing is left to do: so nothing may be held, and all goes when it is asked to.</summary>
    private void End()
    {
        // Until then the last of those that were killed has come back.
        RunFor(_world.Plan.Lease + Disturber.LongestRestart);
        foreach (var node in _world.Nodes.Where(static n => n.IsReady)) _world.Rules.End.CheckIdle(node);
        _world.Rules.ThrowIfBroken();

        foreach (var node in _world.Nodes.Where(static n => n.IsAlive).ToArray()) node.Stop();
        RunFor(TimeSpan.FromMinutes(1));
        _world.Rules.End.CheckStopped();
        if (!_world.Plan.PurgesAtEnd) return;

        RunFor(TimeSpan.FromDays(31));
        _world.StartsFronts = false;
        _world.StartNode();
        RunFor(TimeSpan.FromMinutes(3));
        _world.Rules.End.CheckPurged();
    }

    private void Begin()
    {
        for (var i = 0; i < _world.Plan.Nodes; i++) _world.StartNode();
        if (_world.Plan.HasFront) _world.StartNode(isFront: true);
        for (var i = 0; i < _world.Plan.Endpoints; i++)
        {
            var subscription = NewSubscription(i);
            _world.Subscriptions.Add(subscription.Id!);
            _world.Do(node => node.Subscriptions.CreateAsync(subscription).AsTask());
        }

        RunFor(TimeSpan.FromSeconds(1));
        if (_world.Plan.IsJammed)
        {
            foreach (var id in _world.Subscriptions) _disturber.ChangeMood(id);
        }
    }

    private NewWebhookSubscription NewSubscription(int number)
    {
        var settings = new Settings(_world);
        return new NewWebhookSubscription
        {
            Id = $"sub{number}",
            Url = new Uri($"https://sub{number}.example.com/hook"),
            EventTypes = settings.DrawEventTypes(),
            Order = settings.DrawOrder(),
            MaxConcurrency = settings.DrawMaxConcurrency(),
            RateLimit = settings.DrawRateLimit(),
            Batching = settings.DrawBatching(),
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
            var stopsShort = _world.Plan.Disturbances > 0 && _world.Random.Next(10) == 0;
            var options = new PublishOptions
            {
                TimeToLive = _world.Random.Next(_world.Plan.IsHasty ? 2 : 6) == 0
                    ? TimeSpan.FromSeconds(Math.Ceiling(Plan.Between(_world.Random, 1, (_world.Plan.IsHasty ? 0.2 : 2) * _world.Plan.Lasts.TotalSeconds)))
                    : null,
                SubscriptionIds = _world.Random.Next(12) == 0 ? [_world.Subscriptions[_world.Random.Next(_world.Subscriptions.Count)]] : null,
            };
            _world.Agenda.After(Sometime(), () =>
            {
                _world.Plant(webhookEvent.Id, options.TimeToLive, options.SubscriptionIds?.First());
                Publish(webhookEvent, options, stopsShort);
            });
        }
    }

    /// <summary>Publishes until it is known to be stored, as a careful host does.</summary>
    /// <param name="webhookEvent">The event.</param>
    /// <param name="options">How.</param>
    /// <param name="stopsShort">Whether its node stands still before it learns what became of it.</param>
    private void Publish(WebhookEvent webhookEvent, PublishOptions options, bool stopsShort = false)
    {
        if (_world.Rules.Promised.Contains(webhookEvent.Id) || _world.Rules.Refused.Contains(webhookEvent.Id)) return;
        var publisher = _world.Do(async node =>
        {
            try
            {
                await node.Publisher.PublishAsync(webhookEvent, options);
            }
            catch (WebhookValidationException) when (_world.AddressOf(webhookEvent.Id) is { } address && _world.Database.FindSubscription(address) is null && !_world.Rules.Hand.IsStored(webhookEvent.Id))
            {
                // The only one that it was for is gone.
                if (_world.Rules.Refused.Add(webhookEvent.Id)) _world.Note(node, $"cannot publish {webhookEvent.Id}");
                return;
            }
            catch (WebhookConflictException conflict)
            {
                _world.Rules.Break($"{webhookEvent.Id} cannot be published: {conflict.Message}");
            }

            _world.Note(node, $"has published {webhookEvent.Id}");
            _world.Rules.Promised.Add(webhookEvent.Id);
        });
        if (stopsShort && publisher is { IsReady: true }) _disturber.Pause(publisher);
        _world.Agenda.After(TimeSpan.FromSeconds(30 + _world.Random.Next(30)), () => Publish(webhookEvent, options));
    }

    private TimeSpan Sometime()
    {
        // Some things come together.
        var at = _world.Plan.Lasts * _world.Random.NextDouble();
        if (_world.Random.Next(2) == 0) return at;
        var together = _world.Plan.IsJammed ? _world.Plan.Lasts.TotalSeconds / 4 : 60;
        return TimeSpan.FromSeconds(Math.Floor(at.TotalSeconds / together) * together);
    }

    private void RunFor(TimeSpan time) => _world.RunUntil(_world.Agenda.Now + time);

    private bool IsDone() =>
        _world.Rules.Promised.Count + _world.Rules.Refused.Count >= _world.Plan.Events && !_world.Database.Ledger.All.Exists(static o => o.IsPending);
}
