using System.Runtime.CompilerServices;
using WebhookKit.Dispatching;
using WebhookKit.Simulation.Running;
using WebhookKit.Simulation.World;
using WebhookKit.Storage;

namespace WebhookKit.Simulation.Rules;

/// <summary>What must be when everything has been well for long enough.</summary>
internal sealed class EndRules(SimWorld world, RuleBook rules)
{
    /// <summary>Nothing may be left.</summary>
    public void CheckDone()
    {
        foreach (var id in rules.Promised)
        {
            if (!rules.Hand.IsStored(id)) rules.Break($"{id} was published, but is not stored.");
        }

        foreach (var owed in world.Database.Ledger.All)
        {
            var row = world.Database.Find(owed.Id);
            if (owed.IsPending) rules.Break($"{owed} is still pending, due {owed.Row.DueAt:O}.");
            if (owed.IsGone ? row is not null : row != owed.Row) rules.Break($"{owed} was left {owed.Row.Status}, and is {row?.Status.ToString() ?? "gone"}.");
            if (owed.Row.Status == DeliveryStatus.Succeeded && !owed.Sent.Exists(static s => s.Request is { WasTaken: true, Status: 200 }))
                rules.Break($"{owed} counts as delivered, but nobody took it.");
        }

        rules.ThrowIfBroken();
    }

    /// <summary>A node that has nothing to do holds nothing, and nothing of it is under way.</summary>
    public void CheckIdle(SimNode node)
    {
        var budget = node.Get<BufferBudget>();

        // What another node has canceled it may hold until it is due, if no message has reached it.
        var unaware = world.Database.Ledger.All.Count(o => o.CanceledAt is not null && o.CanceledBy != node);
        if (budget.Count > unaware || (budget.Count == 0) != (budget.Bytes == 0)) rules.Break($"{node.Name} holds {budget.Count} deliveries with {budget.Bytes} bytes, though none is pending.");
        var taker = node.Get<TurnTaker>();
        if (Slots(taker).Free < world.Plan.MaxConcurrency - Plan.DispatchLoops) rules.Break($"{node.Name} has only {Slots(taker).Free} of {world.Plan.MaxConcurrency} places free.");
        if (UnderWay(node.Get<Workload>()) != 0) rules.Break($"{node.Name} has {UnderWay(node.Get<Workload>())} pieces of work under way.");
        if (Settling(node.Get<Workload>()) != 0) rules.Break($"{node.Name} is storing {Settling(node.Get<Workload>())} outcomes.");
        if (!node.Get<WakeSender>().IsIdle) rules.Break($"{node.Name} has messages that it has not sent.");
        foreach (var lane in node.Get<LaneTable>().All)
        {
            if (lane.IsBusy || Sending(lane) != 0 || Holds(lane) != 0)
                rules.Break($"The lane of {lane.Key.SubscriptionId} on {node.Name} is not idle: {Sending(lane)} requests, {Holds(lane)} holds.");
        }
    }

    /// <summary>All nodes have stopped.</summary>
    public void CheckStopped()
    {
        foreach (var node in world.Nodes.Where(n => n.IsAlive)) rules.Break($"{node.Name} was asked to stop, and goes on.");
        if (world.Database.Owned > 0) rules.Break($"All nodes have stopped, and {world.Database.Owned} partitions still have an owner.");
        rules.ThrowIfBroken();
    }

    /// <summary>All is older than it is to be kept, and somebody has purged.</summary>
    public void CheckPurged()
    {
        foreach (var owed in world.Database.Ledger.All)
        {
            if (!owed.IsGone) rules.Break($"{owed} is {owed.Row.Status} since {owed.Row.CompletedAt:O}, and was not purged.");
            else if (world.Database.HasEvent(owed.EventId)) rules.Break($"{owed.EventId} was not purged.");
        }

        rules.ThrowIfBroken();
    }

    /// <summary>A node was asked to deliver all that is due, and says that it has. Of what other nodes own meanwhile it need not know.</summary>
    public void CheckDrained(SimNode node, DateTimeOffset begunAt)
    {
        if (node.HasSlipped || world.Database.HasOthers(node.Id, begunAt - Agenda.Start - Plan.MostClockError) || world.Nodes.Exists(n => n.IsAlive && n != node)) return;
        foreach (var owed in world.Database.Ledger.All.Where(o => o.IsPending && o.Row.DueAt <= begunAt))
        {
            var facts = world.Database.Ledger.FactsOf(owed.SubscriptionId);
            if (Agenda.Start + facts.ChangedAt < begunAt && !facts.HasChangedSince(begunAt - Agenda.Start)
                && world.Database.FindSubscription(owed.SubscriptionId) is { Status: SubscriptionStatus.Enabled, Order: DeliveryOrder.None, RateLimit: null, Batching: null })
                rules.Break($"{node.Name} has drained, and {owed} is pending since {owed.Row.DueAt:O}.");
        }
    }

    /// <summary>A node that delivers only when it is asked to has done so: what others deliver meanwhile it must not hold.</summary>
    public void CheckLeft(SimNode node)
    {
        var budget = node.Get<BufferBudget>();
        if (budget.Count != 0 || budget.Bytes != 0) rules.Break($"{node.Name} has drained, and holds {budget.Count} deliveries with {budget.Bytes} bytes.");
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_slots")]
    private static extern ref Gate Slots(TurnTaker taker);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_count")]
    private static extern ref int UnderWay(Workload workload);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_settling")]
    private static extern ref int Settling(Workload workload);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_sending")]
    private static extern ref int Sending(Lane lane);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_holds")]
    private static extern ref int Holds(Lane lane);
}
