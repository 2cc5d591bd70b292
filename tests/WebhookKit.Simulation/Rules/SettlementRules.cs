using WebhookKit.Simulation.Running;
using WebhookKit.Simulation.World;

namespace WebhookKit.Simulation.Rules;

/// <summary>What becomes of deliveries, and of their endpoint, by what a request has come to.</summary>
internal sealed class SettlementRules(SimWorld world, RuleBook rules)
{
    /// <summary>How long a delivery that our own fault has stopped is put off at most.</summary>
    private static readonly TimeSpan LongestPutOff = TimeSpan.FromMinutes(15);

    /// <summary>How long what was decided may take until it is stored, after the database was last away.</summary>
    private static readonly TimeSpan UntilStored = TimeSpan.FromMinutes(5);

    private readonly HealthRules _health = new(world, rules);

    private Plan Plan => world.Plan;

    /// <summary>The database has taken a settlement, or has not.</summary>
    /// <param name="node">Whose it is.</param>
    /// <param name="settlement">What was to be stored.</param>
    /// <param name="result">What became of it.</param>
    /// <param name="before">The subscription as it was.</param>
    public void Settled(SimNode node, Settlement settlement, SettleResult result, WebhookSubscription? before)
    {
        var isFenced = world.Database.OwnerOf(settlement.Partition) is not { } owner || owner.Fence != settlement.Fence;
        if (isFenced != (result == SettleResult.Fenced)) rules.Break($"A settlement of {node.Name} under the fence {settlement.Fence} came to {result}.");
        SentRequest? request = null;
        var applied = 0;
        foreach (var next in settlement.Deliveries)
        {
            var owed = world.Database.Ledger.Find(next.Id)!;
            var row = world.Database.Find(next.Id);
            var wasExpected = owed.IsPending && owed.Row.ExpiresAt == next.ExpiresAt && owed.Row.AttemptCount == settlement.ExpectedAttemptCount(next);
            if (!wasExpected || result is SettleResult.Fenced or SettleResult.Superseded)
            {
                if (row is null ? !owed.IsGone : row != owed.Row) rules.Break($"{owed} was {owed.Row.Status}, and {result} has made it {row?.Status.ToString() ?? "go"}.");
                continue;
            }

            applied++;
            var isRemoved = settlement.RemovesSucceeded && next.Status == DeliveryStatus.Succeeded;
            if (isRemoved != row is null || (row is not null && (row.AttemptCount != next.AttemptCount || row.Status != next.Status)))
                rules.Break($"{owed} was settled as {next.Status}, but is {row?.Status.ToString() ?? "gone"}.");
            request = Apply(node, owed, next, settlement.Attempt) ?? request;
            owed.IsGone = isRemoved;
        }

        var isTrue = result switch
        {
            SettleResult.Applied => applied == settlement.Deliveries.Count,
            SettleResult.AppliedInPart => applied > 0 && applied < settlement.Deliveries.Count,
            _ => applied == 0,
        };
        if (!isTrue) rules.Break($"{applied} of {settlement.Deliveries.Count} deliveries to {settlement.SubscriptionId} were as {node.Name} had found them, which is told as {result}.");
        CheckTogether(settlement);
        if (settlement.Attempt is { } attempt && result is SettleResult.Applied or SettleResult.AppliedInPart) _health.Settled(node, settlement, before, request, settlement.Attempt!);
    }

    /// <summary>Whoever gives a partition back has stored what became of all that it sent there: else another one sends it again.</summary>
    public void CheckGivenBack(string nodeId, int partition, long fence)
    {
        foreach (var owed in world.Database.Ledger.All.Where(o => o.IsPending && !o.IsReopened && Partitioner.GetPartition(o.SubscriptionId, Plan.Partitions) == partition))
        {
            if (owed.Sent.Exists(s => s.Request.Node.Id == nodeId && s.Fence == fence && s.AttemptCount == owed.Row.AttemptCount))
                rules.Break($"{nodeId} gives partition {partition} back before it has stored what became of {owed}.");
        }
    }

    private SentRequest? Apply(SimNode node, OwedDelivery owed, WebhookDelivery next, DeliveryAttempt? attempt)
    {
        var before = owed.Row;
        owed.Row = next;
        world.Note(null, $"{owed} is {next.Status} after {next.AttemptCount} attempts, due {next.DueAt:O}");
        if (next.AttemptCount > owed.Sent.Count) rules.Break($"{owed} counts {next.AttemptCount} attempts, more than were made.");
        if (next.ScheduleBase != before.ScheduleBase || next.ExpiresAt != before.ExpiresAt || next.CreatedAt != before.CreatedAt)
            rules.Break($"Settling {owed} has changed what is not its business.");
        if ((next.Status == DeliveryStatus.Pending) != next.CompletedAt is null) rules.Break($"{owed} is {next.Status}, completed at {next.CompletedAt}.");
        if (attempt is not null) return CheckAttempt(owed, next, attempt);

        var now = node.Clock.GetUtcNow();
        if (next.Status == DeliveryStatus.Pending)
        {
            if (next.DueAt > now + LongestPutOff && !node.HasJumped) rules.Break($"{owed} was put off until {next.DueAt:O}.");
            CheckPutOff(node, owed, next, now);
        }
        else if (next.Status != DeliveryStatus.Expired)
        {
            rules.Break($"{owed} is {next.Status} without an attempt.");
        }
        else if (before.ExpiresAt is not { } end || (end > now && !node.HasJumped))
        {
            rules.Break($"{owed} has expired, though its time to live ends {before.ExpiresAt?.ToString("O") ?? "never"}.");
        }

        return null;
    }

    private SentRequest? CheckAttempt(OwedDelivery owed, WebhookDelivery next, DeliveryAttempt attempt)
    {
        if (owed.Sent.FindLast(s => s.AttemptCount == next.AttemptCount - 1 && s.Request.StartedByClock == attempt.StartedAt).Request is not { } request)
        {
            rules.Break($"An attempt of {owed} was settled that nobody made.");
            return null;
        }

        CheckMessage(owed, next, attempt, request);
        var succeeded = attempt.Outcome == AttemptOutcome.Succeeded;
        if (succeeded != (request.Status == 200)) rules.Break($"{owed} was answered {request.Status}, which counts as {attempt.Outcome}.");
        if (succeeded != (next.Status == DeliveryStatus.Succeeded)) rules.Break($"{owed} is {next.Status} after {attempt.Outcome}.");
        if (!succeeded) CheckRetry(owed, next, attempt, request);
        return request;
    }

    /// <summary>A fault that lasts is met less and less often: each time it waits as long again as it is old.</summary>
    private void CheckPutOff(SimNode node, OwedDelivery owed, WebhookDelivery next, DateTimeOffset now)
    {
        if (node.HasSlipped || next.DueAt == next.ExpiresAt || !world.Weather.IsGood || world.DisturbedAt > world.Agenda.Now - UntilStored) return;
        var age = now - next.CreatedAt - UntilStored;
        var least = age < LongestPutOff ? age : LongestPutOff;
        if (next.DueAt < now - UntilStored + least) rules.Break($"{owed}, {age + UntilStored} old, was put off until {next.DueAt:O} only.");
    }

    /// <summary>The same events together go under the same id however often they must, and in the same order, unless one of them was resent meanwhile.</summary>
    private void CheckMessage(OwedDelivery owed, WebhookDelivery next, DeliveryAttempt attempt, SentRequest request)
    {
        request.MessageId = attempt.MessageId;
        if (attempt.MessageId != (next.BatchId ?? owed.EventId)) rules.Break($"{owed} was sent as {attempt.MessageId}.");
        var earlier = owed.Sent.Find(s => s.Request != request && s.Request.MessageId is not null && s.Request.EventIds.ToHashSet(StringComparer.Ordinal).SetEquals(request.EventIds)).Request;
        if (earlier is null || world.Database.Ledger.FactsOf(owed.SubscriptionId).HasChangedSince(earlier.StartedAt - rules.Requests.Ignorance)) return;
        var isInOrder = earlier.EventIds.SequenceEqual(request.EventIds) || request.EventIds.Any(id => world.Database.Ledger.Find(owed.SubscriptionId, id)!.IsReopened);
        if (earlier.MessageId != attempt.MessageId || !isInOrder)
            rules.Break($"{owed} was sent as {earlier.MessageId} ({string.Join(' ', earlier.EventIds)}) first, and then as {attempt.MessageId} ({string.Join(' ', request.EventIds)}).");
    }

    private void CheckRetry(OwedDelivery owed, WebhookDelivery next, DeliveryAttempt attempt, SentRequest request)
    {
        var failures = next.AttemptCount - next.ScheduleBase;
        var isGone = Plan.DisablesOnGone && request.Status == 410;
        if (isGone || failures > Plan.Schedule.Length)
        {
            if (next.Status != DeliveryStatus.Exhausted) rules.Break($"{owed} is {next.Status}, though its schedule has ended.");
            return;
        }

        var endedAt = attempt.StartedAt + attempt.Duration;
        var planned = Plan.Schedule[failures - 1];
        var latest = planned * (1 + Plan.Jitter);
        if (request.RetryAfter > latest) latest = request.RetryAfter;
        if (next.Status == DeliveryStatus.Expired)
        {
            if (next.ExpiresAt is null || (next.ExpiresAt > endedAt + latest && !request.Node.HasSlipped))
                rules.Break($"{owed} has expired, though its next attempt, planned after {planned}, would come before {next.ExpiresAt?.ToString("O") ?? "that"}.");
            return;
        }

        if (next.Status != DeliveryStatus.Pending)
        {
            rules.Break($"{owed} is {next.Status} after {failures} of {Plan.Schedule.Length + 1} attempts.");
            return;
        }

        if (next.DueAt >= next.ExpiresAt) rules.Break($"{owed} is due again at {next.DueAt:O}, when its time to live is over.");

        // A node that stood still may have looked at its clock late.
        if (request.Node.HasJumped) return;
        var delay = next.DueAt - endedAt;
        if (delay < planned * (1 - Plan.Jitter)) rules.Break($"{owed} is due again after {delay}, planned was {planned}.");
        if (delay < request.RetryAfter) rules.Break($"{owed} is due again after {delay}, asked was {request.RetryAfter}.");
        if (delay > latest && !request.Node.HasSlipped) rules.Break($"{owed} is due again only after {delay}, planned was {planned}.");
    }

    /// <summary>A batch that has failed goes again as it was: one time for all of it.</summary>
    private void CheckTogether(Settlement settlement)
    {
        WebhookDelivery[] again = [.. settlement.Deliveries.Where(d => d.Status == DeliveryStatus.Pending)];
        if (again.Length > 1 && (again.Any(d => d.DueAt != again[0].DueAt) || (settlement.Attempt is not null && again.Any(d => d.BatchId is null || d.BatchId != again[0].BatchId))))
            rules.Break($"A batch to {settlement.SubscriptionId} does not go again as it was.");
    }
}
