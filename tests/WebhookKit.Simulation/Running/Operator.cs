using WebhookKit.Simulation.World;

namespace WebhookKit.Simulation.Running;

/// <summary>Does what people do by hand, without knowing what else goes on.</summary>
internal sealed class Operator(SimWorld world)
{
    /// <summary>How often a host that drains does so when nothing is due earlier.</summary>
    public static readonly TimeSpan DrainInterval = TimeSpan.FromMinutes(5);

    private SimNode? _drains;

    private Random Random => world.Random;

    public void Act()
    {
        switch (Random.Next(14))
        {
            case 0 or 1 or 2:
                Cancel();
                break;
            case 3 or 4 or 5:
                Resend();
                break;
            case 6 or 7:
                Recover();
                break;
            case 8 or 9:
                Pause();
                break;
            case 10:
                Disable();
                break;
            case 11:
                Enable();
                break;
            case 12:
                Drain(isAllWell: false);
                break;
            default:
                // Where much waits, much of it is deleted.
                if (world.Plan.IsJammed || Random.Next(3) == 0) Delete();
                break;
        }
    }

    /// <summary>Asks a node to deliver what is due.</summary>
    /// <param name="isAllWell">Whether nothing has gone wrong for long: then it must manage to.</param>
    public void Drain(bool isAllWell)
    {
        // Who takes over from another one waits for as long as that one may have spent a rate limit: so it is the same that comes again.
        if (_drains is not { IsReady: true } || !isAllWell) _drains = world.PickNode(n => n.IsReady && (n.IsFront || !isAllWell));
        if (_drains is null) return;
        TimeSpan? deadline = isAllWell ? null : TimeSpan.FromSeconds(Random.Next(120));
        var begunAt = _drains.Clock.GetUtcNow();
        world.DoOn(_drains, async n =>
        {
            n.Drains++;
            DrainResult result;
            try
            {
                result = await n.Deliveries.DrainAsync(deadline);
            }
            finally
            {
                n.Drains--;
            }

            if (n.IsFront && n.Drains == 0) world.Rules.End.CheckLeft(n);
            world.Note(n, $"has drained: {result}");
            if (isAllWell && result.NextDueAt - n.Clock.GetUtcNow() is { } wait && wait < DrainInterval) world.Agenda.After(wait, () => Drain(isAllWell: true));
            if (isAllWell && result.IsIdle && n.Clock.GetUtcNow() - begunAt < TimeSpan.FromMinutes(30)) world.Rules.End.CheckDrained(n, begunAt - (4 * Plan.MostClockError));
        });
    }

    /// <summary>Changes the settings of a subscription.</summary>
    public void Change()
    {
        var id = PickSubscription();
        world.Do(async node =>
        {
            if (await node.Subscriptions.GetAsync(id) is { } subscription) await node.Subscriptions.UpdateAsync(new Settings(world).Change(subscription));
        });
    }

    private void Cancel()
    {
        if (Pick(static o => o.IsPending) is not { } owed) return;
        world.Do(async node =>
        {
            if (await node.Deliveries.CancelAsync(owed.Id)) owed.CanceledBy = node;
        });
    }

    private void Resend()
    {
        if (Pick(static o => o.CanBeReopened) is { } owed) world.Do(node => node.Deliveries.ResendAsync(owed.Id).AsTask());
    }

    private void Recover()
    {
        var id = PickSubscription();
        var since = Agenda.Start + (world.Agenda.Now * Random.NextDouble());
        var begunAt = world.Agenda.Now;
        world.Do(async node =>
        {
            await node.Deliveries.RecoverAsync(id, since);
            world.Note(node, $"has recovered {id} since {since:O}");
            world.Rules.Hand.RecoveryEnded(id, since, begunAt);
        });
    }

    private void Pause()
    {
        var id = PickSubscription();
        world.Do(node => node.Subscriptions.PauseAsync(id).AsTask());
        Later(() => world.Do(node => node.Subscriptions.EnableAsync(id).AsTask()));
    }

    private void Disable()
    {
        var id = PickSubscription();
        world.Do(node => node.Subscriptions.DisableAsync(id).AsTask());
        Later(() => world.Do(node => node.Subscriptions.EnableAsync(id).AsTask()));
    }

    private void Enable()
    {
        var id = PickSubscription();
        world.Do(node => node.Subscriptions.EnableAsync(id).AsTask());
    }

    private void Delete()
    {
        // That of which much waits is what a node has the most to forget of.
        var id = world.Plan.IsJammed ? world.Subscriptions.MaxBy(CountPending)! : PickSubscription();
        world.Do(node => node.Subscriptions.DeleteAsync(id).AsTask());
    }

    private void Later(Action action) => world.Agenda.After(TimeSpan.FromSeconds(Plan.Between(Random, 1, world.Plan.Lasts.TotalSeconds)), action);

    private int CountPending(string id) => world.Database.Ledger.Of(id).Count(static o => o.IsPending);

    private string PickSubscription() => world.Subscriptions[Random.Next(world.Subscriptions.Count)];

    private OwedDelivery? Pick(Predicate<OwedDelivery> which)
    {
        var found = world.Database.Ledger.All.FindAll(which);
        return found.Count == 0 ? null : found[Random.Next(found.Count)];
    }
}
