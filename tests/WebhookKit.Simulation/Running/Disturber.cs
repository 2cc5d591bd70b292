using WebhookKit.Simulation.World;

namespace WebhookKit.Simulation.Running;

/// <summary>Does what a bad day does.</summary>
internal sealed class Disturber(SimWorld world)
{
    public static readonly TimeSpan LongestRestart = TimeSpan.FromMinutes(2);

    private Random Random => world.Random;

    public void Disturb()
    {
        // The last of them are moods.
        switch (Random.Next(world.Plan.IsJammed ? 28 : 14))
        {
            case 0 or 1:
                Kill();
                break;
            case 2:
                StopOne();
                break;
            case 3 or 4:
                PauseOne();
                break;
            case 5:
                SetWeather(w => w.IsAway = true, w => w.IsAway = false, TimeSpan.FromMinutes(2));
                break;
            case 6:
                SetWeather(w => w.Faults = Random.Next(1, 50), w => w.Faults = 0, TimeSpan.FromMinutes(10));
                if (Random.Next(2) == 0) SlowDown(TimeSpan.FromMinutes(10));
                break;
            case 7:
                SlowDown(world.Plan.IsHasty ? TimeSpan.FromMinutes(10) : TimeSpan.FromMinutes(2));
                break;
            case 8:
                Enable();
                break;
            case 9:
                BreakFormat();
                break;
            case 10:
                Jump();
                break;
            default:
                ChangeMood(world.Subscriptions[Random.Next(world.Subscriptions.Count)]);
                break;
        }
    }

    private void SlowDown(TimeSpan longest) =>
        SetWeather(w => w.Slowest = TimeSpan.FromSeconds(Random.Next(1, 5)), w => w.Slowest = world.Plan.UsualWay, longest);

    /// <summary>Ends all that is wrong.</summary>
    public void Heal()
    {
        world.Disturb();
        world.Note(null, "all is well from now on");
        world.Weather.IsAway = false;
        world.Plan.Format.Faults = 0;
        world.Weather.Faults = 0;
        world.Weather.Slowest = TimeSpan.FromMilliseconds(5);
        foreach (var node in world.Nodes.ToArray()) node.Resume();
        foreach (var id in world.Subscriptions) world.SetMood(id, EndpointMood.Good);
        if (world.Plan.DrainsByHand) StopDelivering();
        else if (!world.Nodes.Exists(static n => n.IsReady && !n.IsFront)) world.StartNode();
        EnableAll();
    }

    /// <summary>Somebody looks after the endpoints that were given up.</summary>
    public void Enable(SubscriptionStatus from = SubscriptionStatus.Disabled)
    {
        foreach (var id in world.Subscriptions)
        {
            if (world.Database.FindSubscription(id)?.Status != from) continue;
            world.Do(node => node.Subscriptions.EnableAsync(id).AsTask());
        }
    }

    /// <summary>Nothing is to wait any more.</summary>
    public void EnableAll()
    {
        Enable(SubscriptionStatus.Paused);
        Enable();
    }

    /// <summary>A node stands still for a while, perhaps for so long that it loses what it owns.</summary>
    public void Pause(SimNode node)
    {
        if (node.IsPaused) return;
        node.Pause(sleeps: !world.Plan.ClocksJump && Random.Next(2) == 0);
        world.Agenda.After(world.Plan.Lease * (3 * Random.NextDouble()), node.Resume);
    }

    /// <summary>An endpoint becomes ill, or another way, for a while.</summary>
    public void ChangeMood(string id)
    {
        world.SetMood(id, (EndpointMood)Random.Next((int)EndpointMood.Gone + 1));
        world.Agenda.After(TimeSpan.FromMinutes(Plan.Between(Random, 1, 300)), () => world.SetMood(id, EndpointMood.Good));
    }

    /// <summary>From now on nobody delivers unless somebody asks for it.</summary>
    private void StopDelivering()
    {
        world.StartsFronts = true;
        foreach (var node in world.Nodes.Where(static n => n.IsReady && !n.IsFront).ToArray()) node.Stop();
        world.StartNode();
    }

    private void Kill()
    {
        if (world.PickNode(static n => n.IsAlive) is not { } node) return;
        node.Kill();
        StartLater(node, LongestRestart * Random.NextDouble());
    }

    private void Jump()
    {
        if (!world.Plan.ClocksJump || world.PickNode(static n => n.IsAlive) is not { } node) return;
        var by = TimeSpan.FromSeconds(Plan.Between(Random, 1, 1200));
        node.Jump(Random.Next(2) == 0 ? by : -by);
    }

    private void StopOne()
    {
        if (world.PickNode(static n => n.IsReady) is not { } node) return;
        node.Stop();
        StartLater(node, TimeSpan.FromSeconds(Random.Next(30)));
    }

    private void PauseOne()
    {
        if (world.PickNode(static n => n.IsReady) is { } node) Pause(node);
    }

    private void StartLater(SimNode after, TimeSpan delay) => world.Agenda.After(delay, () => world.StartNode(after.IsFront));

    private void SetWeather(Action<Weather> begin, Action<Weather> end, TimeSpan most)
    {
        begin(world.Weather);
        world.Weather.WasBad = true;
        world.Disturb();
        world.Note(null, $"the database: away {world.Weather.IsAway}, faults {world.Weather.Faults}%, {world.Weather.Slowest} a way at most");
        world.Agenda.After(most * Random.NextDouble(), () =>
        {
            end(world.Weather);
            world.Disturb();
        });
    }

    /// <summary>A fault of our own, until somebody mends it.</summary>
    private void BreakFormat()
    {
        world.Plan.Format.Faults = Random.Next(5, 101);
        world.Plan.Format.Salt = Random.Next();
        world.Note(null, $"the format fails for {world.Plan.Format.Faults} of a hundred events");
        world.Disturb();
        world.Agenda.After(TimeSpan.FromMinutes(Plan.Between(Random, 1, 60)), () =>
        {
            world.Plan.Format.Faults = 0;
            world.Disturb();
        });
    }
}
