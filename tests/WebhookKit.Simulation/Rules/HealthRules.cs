using WebhookKit.Simulation.Running;
using WebhookKit.Simulation.World;

namespace WebhookKit.Simulation.Rules;

/// <summary>Since when an endpoint fails, and when it is given up: exactly when its profile says so.</summary>
internal sealed class HealthRules(SimWorld world, RuleBook rules)
{
    /// <summary>After so long without another settlement, a node knows what the last one came to.</summary>
    private static readonly TimeSpan KnownAfter = TimeSpan.FromSeconds(30);

    private Plan Plan => world.Plan;

    public void Settled(SimNode node, Settlement settlement, WebhookSubscription? before, SentRequest? request, DeliveryAttempt attempt)
    {
        if (before is null || request?.EndedAt is not { } endedAt || world.Database.FindSubscription(before.Id) is not { } after) return;
        var facts = world.Database.Ledger.FactsOf(before.Id);
        var changeIsKnownAfter = facts.ChangedBy == node ? KnownAfter : rules.Requests.Ignorance;
        var isKnown = facts.SettledAt + KnownAfter < request.StartedAt && facts.ChangedAt + changeIsKnownAfter < request.StartedAt && !node.HasSlipped;
        var succeeded = attempt.Outcome == AttemptOutcome.Succeeded;
        var now = attempt.StartedAt + attempt.Duration;
        var since = before.FailingSince ?? now;

        var isGivenUp = before.Status != SubscriptionStatus.Disabled && after.Status == SubscriptionStatus.Disabled;
        if (isGivenUp) CheckReason(after, succeeded, facts, attempt, settlement);
        if (request.Url != before.Url && (isGivenUp || after.FailingSince != before.FailingSince))
            rules.Break($"{before.Id}, which is at {before.Url}, is {after.Status}, failing since {after.FailingSince?.ToString("O") ?? "never"}, for what {request.Url} has answered.");
        if (isGivenUp && HasFailedTooLong(after) && !node.HasSlipped && rules.Requests.SucceededAt(node, before.Id) is { } learned && learned < endedAt && endedAt - learned < Plan.DisablesAfter)
            rules.Break($"{before.Id} was given up by {node.Name}, which had seen a success {endedAt - learned} before.");
        if (isKnown && before.Status == SubscriptionStatus.Enabled)
        {
            var tolerance = facts.IsVague ? Plan.Timeout + KnownAfter : TimeSpan.Zero;
            var isOver = !succeeded && (IsGone(attempt) || IsExhausted(settlement));
            var hasFailedTooLong = now - since >= Plan.DisablesAfter + tolerance && endedAt - facts.SeenToSucceedAt >= Plan.DisablesAfter;
            if ((isOver || (!succeeded && hasFailedTooLong)) && !isGivenUp) rules.Break($"{before.Id} is still {after.Status}, though {attempt.Outcome} at {now:O} after failing since {since:O} ends it.");
            if (isGivenUp && !isOver && (succeeded || !(now - since >= Plan.DisablesAfter - tolerance))) rules.Break($"{before.Id} was given up ({after.StatusReason}), though {attempt.Outcome} at {now:O} after failing since {since:O} does not end it.");
            if (succeeded ? after.FailingSince is not null : after.FailingSince is not { } failingSince || (failingSince - since).Duration() > tolerance) rules.Break($"{before.Id} is failing since {after.FailingSince?.ToString("O") ?? "never"} after {attempt.Outcome}, and was since {before.FailingSince?.ToString("O") ?? "never"}.");
        }

        if (succeeded || before.FailingSince is null || !isKnown) facts.IsVague = !isKnown;
        facts.SettledAt = world.Agenda.Now;
        if (succeeded && request.Url == before.Url && endedAt > facts.SucceededAt) facts.SucceededAt = endedAt;
        if (!isGivenUp) return;
        facts.ChangedAt = world.Agenda.Now;
        facts.ChangedBy = node;
        rules.Requests.DoubtLanes(id => id == before.Id);
    }

    private void CheckReason(WebhookSubscription after, bool succeeded, SubscriptionFacts facts, DeliveryAttempt attempt, Settlement settlement)
    {
        if (succeeded) rules.Break($"{after.Id} was given up by a success.");
        var reason = after.StatusReason ?? "";
        var isRight = reason.StartsWith("The endpoint answered 410", StringComparison.Ordinal) ? IsGone(attempt)
            : reason.StartsWith("A delivery failed on every", StringComparison.Ordinal) ? IsExhausted(settlement)
            : HasFailedTooLong(after) && Plan.DisablesAfter is { } most && HasFailedFor(most, after, facts, attempt);
        if (!isRight) rules.Break($"{after.Id} was given up, but it is not so: {reason}");
        if (after.StatusChangedAt != settlement.Health?.At) rules.Break($"{after.Id} was given up at {after.StatusChangedAt:O}, it says.");
    }

    /// <summary>Whether it has seen nothing but failures for so long, since somebody enabled it last.</summary>
    private bool HasFailedFor(TimeSpan most, WebhookSubscription after, SubscriptionFacts facts, DeliveryAttempt attempt)
    {
        if (world.Nodes.Exists(static n => n.HasSlipped)) return true;
        var skew = 2 * Running.Plan.MostClockError;
        var now = attempt.StartedAt + attempt.Duration;
        var from = Agenda.Start + (facts.SucceededAt > facts.EnabledAt ? facts.SucceededAt : facts.EnabledAt);
        return now - after.FailingSince >= most && now - from >= most - skew;
    }

    private static bool HasFailedTooLong(WebhookSubscription after) => after.StatusReason?.StartsWith("Nothing has succeeded since", StringComparison.Ordinal) ?? false;

    private bool IsGone(DeliveryAttempt attempt) => Plan.DisablesOnGone && attempt.Outcome == AttemptOutcome.Gone;

    private bool IsExhausted(Settlement settlement) => Plan.DisablesOnExhausted && settlement.Deliveries.Any(static d => d.Status == DeliveryStatus.Exhausted);
}
