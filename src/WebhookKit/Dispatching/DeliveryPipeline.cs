using System.Runtime.CompilerServices;
using WebhookKit.Diagnostics;
using WebhookKit.Matching;
using WebhookKit.Outcomes;
using WebhookKit.Publishing;
using WebhookKit.Sending;

namespace WebhookKit.Dispatching;

/// <summary>
/// The way of one request, from the lane that lets it go until the lane is told what became of it:
/// <code>
/// expire -> format -> sign -> send -> classify -> decide -> settle -> tell
///             `-> never sendable: end those ------------> settle -> tell
/// </code>
/// What fails before the request is ours to blame and uses up no attempt; what fails after it is tried again until it is stored.
/// </summary>
internal sealed class DeliveryPipeline(
    AttemptSender sender,
    Settler settler,
    HealthReader health,
    SubscriptionCache cache,
    PartitionOwner owner,
    LaneTurns turns,
    Messenger messenger,
    Workload workload,
    RandomSource random,
    WebhookOptions options,
    TimeProvider time,
    SafeLogger<DeliveryPipeline> logger)
{
    /// <summary>
    /// Runs it. Does not throw. Returns when the request has ended: what became of it may still be being stored, which nobody need wait for.
    /// </summary>
    /// <param name="work">What to send.</param>
    /// <param name="abort">Interrupts it: what is not settled by then is attempted again later.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask RunAsync(LaneWork work, CancellationToken abort)
    {
        var run = new DeliveryRun(work, time.GetUtcNow());
        try
        {
            if (run.HasExpired) await SettleWithoutAttemptAsync(run, run.TakeExpired(), abort);
            if (run.Live.Length > 0) await AttemptAsync(run, abort);
        }
        catch (UnsendableEventException refusal) when (!run.IsDecided && !abort.IsCancellationRequested)
        {
            await EndUnsendableAsync(run, refusal, abort);
        }
        catch (Exception cause) when (!abort.IsCancellationRequested)
        {
            if (run.IsDecided) Log.TellingFailed(logger, work.Model.Id, cause);
            else await PutOffAsync(run, cause, abort);
        }
        catch (Exception) when (abort.IsCancellationRequested)
        {
            // The host stops: the deliveries stay pending, for this node after its restart or for another.
        }
        finally
        {
            if (!run.IsSettling) End(run);
        }
    }

    private void End(DeliveryRun run)
    {
        var now = time.GetUtcNow();
        run.EndSending(LaneEnd.SaysNothing, null, now);
        run.Work.Lane.Settled(run.Work, run.Next, now);
        run.EndHold();
    }

    private async ValueTask SettleWithoutAttemptAsync(DeliveryRun run, WebhookDelivery[] next, CancellationToken abort)
    {
        var settled = await settler.SettleAsync(run.ToSettlement(next), abort);
        Follow(run.Work, settled);
        if (settled == SettleResult.Applied) messenger.TellExpired(run.Work.Model, next, time.GetUtcNow());
    }

    /// <summary>Lets this node follow when the store knew better.</summary>
    private void Follow(LaneWork work, SettleResult settled)
    {
        if (settled == SettleResult.Fenced) owner.Lost(work.Model.Partition, work.Fence);
        if (settled is SettleResult.Superseded or SettleResult.AppliedInPart) work.Lane.Reread();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask AttemptAsync(DeliveryRun run, CancellationToken abort)
    {
        var model = run.Work.Model;
        var request = RequestBuilder.Build(model, run.Events, run.BatchId, run.Live[0].AttemptCount + 1, time.GetUtcNow());

        // Whatever can fail on our side comes before the request: after it, failing would send it twice.
        await health.EnsureKnownAsync(run.Work.Lane, model, abort);

        // That may have taken long, or the process may have been paused: then it is not started, and goes back as it came.
        var begunAt = time.GetUtcNow();
        if (run.HasExpiredBy(begunAt)) return;
        if (!owner.Covers(model.Partition, run.Work.Fence, request.Timeout) || !run.Work.Lane.TryBegin(run.Work, begunAt)) return;
        using var activity = new SafeActivity(WebhookActivities.StartAttempt(model.Subscription, run.Events, request));
        var (attempt, retryAfter) = await sender.SendAsync(request, activity.TraceParent, abort);
        var failingSince = run.Work.Lane.Health.FailingSince;
        var now = time.GetUtcNow();
        var decision = DeliveryDecider.Decide(new DecisionInput
        {
            Deliveries = run.Live,
            Attempt = attempt,
            BatchId = request.BatchId,
            RetryAfter = retryAfter,
            Profile = model.Profile,
            FailingSince = failingSince,
            SucceededAt = run.Work.Lane.Health.SucceededAt,
            Now = now,
            MaxRetryAfter = options.MaxRetryAfter,
            Random = attempt.Outcome == AttemptOutcome.Succeeded ? 0 : random.NextDouble(),
        });

        // What another address has answered says nothing of where the endpoint is by now.
        if (!run.Work.Lane.IsAt(model)) decision = decision with { Health = null };

        // The endpoint is free for the next one while this one is stored, unless it is about to be given up.
        if (decision.Health is { DisableReason: not null }) run.Hold();
        run.EndSending(decision.Failed ? LaneEnd.Failed : LaneEnd.Succeeded, decision.LaneBlockedUntil, now);
        run.Decided(decision.Deliveries);
        activity.SetResult(attempt);
        var settling = SettleAsync(run, decision, attempt, failingSince, abort);
        if (settling.IsCompleted || !workload.TryBeginSettling()) await settling;
        else _ = EndSettlingAsync(run, settling, abort);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SettleAsync(DeliveryRun run, Decision decision, DeliveryAttempt attempt, DateTimeOffset? failingSince, CancellationToken abort)
    {
        var settlement = run.ToSettlement(decision.Deliveries, attempt, decision.Health, options.Retention.Succeeded == TimeSpan.Zero);
        var settled = await settler.SettleAsync(settlement, abort);
        Follow(run.Work, settled);
        if (settled is (SettleResult.Applied or SettleResult.AppliedInPart) && decision.Health is { } change && !await HealthChangedAsync(run.Work, change, abort))
            decision = decision with { Health = null };
        if (settled == SettleResult.Superseded && decision.Health is not null) health.MayHaveTold(run.Work.Lane, run.Work.Model);
        messenger.TellAttempt(run.Work.Model, decision, attempt, settled, failingSince, run.Work.Lane.Health);
    }

    /// <summary>Waits until what became of a request is stored, while its flow goes on with the next one.</summary>
    private async Task EndSettlingAsync(DeliveryRun run, ValueTask settling, CancellationToken abort)
    {
        run.IsSettling = true;
        try
        {
            await settling;
        }
        catch (Exception cause)
        {
            if (!abort.IsCancellationRequested) Log.TellingFailed(logger, run.Work.Model.Id, cause);
        }
        finally
        {
            End(run);
            turns.Ask(run.Work.Lane);
            workload.EndSettling();
        }
    }

    /// <summary>Notes what the store has been told of the endpoint's health.</summary>
    /// <returns>Whether it has taken it, as far as this node can tell: not if the endpoint had moved by then.</returns>
    private async ValueTask<bool> HealthChangedAsync(LaneWork work, HealthChange change, CancellationToken abort)
    {
        var model = work.Model;
        health.Told(work.Lane, model, change.FailingSince);

        // The lane stops at once, not only when the next sweep sees it.
        if (change.DisableReason is not null) await cache.FollowAsync(model.Id, abort);
        return work.Lane.IsAt(model) || (cache.Current.Find(model.Id)?.Subscription is { Status: SubscriptionStatus.Disabled } now && now.StatusChangedAt == change.At);
    }

    /// <summary>Ends the deliveries that can never be sent. The others of a batch stay as they are, and go without them.</summary>
    private async Task EndUnsendableAsync(DeliveryRun run, UnsendableEventException refusal, CancellationToken abort)
    {
        try
        {
            var now = time.GetUtcNow();
            var refused = run.FindUnsendable(refusal);
            run.Decided([.. refused.Select(r => DeliveryDecider.EndUnsendable(r.Delivery, now))]);
            foreach (var (delivery, reason) in refused)
            {
                var attempt = new DeliveryAttempt
                {
                    MessageId = delivery.EventId,
                    StartedAt = now,
                    Duration = TimeSpan.Zero,
                    Outcome = AttemptOutcome.Unsendable,
                    Error = Words.Line(reason),
                };
                WebhookDelivery[] ended = [DeliveryDecider.EndUnsendable(delivery, now)];
                var settled = await settler.SettleAsync(run.ToSettlement(ended, attempt), abort);
                Follow(run.Work, settled);
                messenger.TellAttempt(run.Work.Model, new Decision(ended, Health: null, LaneBlockedUntil: null, Failed: false), attempt, settled, failingSince: null, run.Work.Lane.Health);
            }
        }
        catch (Exception cause)
        {
            if (!abort.IsCancellationRequested) Log.TellingFailed(logger, run.Work.Model.Id, cause);
        }
    }

    /// <summary>A fault of ours: no attempt is used up, the endpoint is not to blame, and the deliveries are tried again later.</summary>
    private async Task PutOffAsync(DeliveryRun run, Exception cause, CancellationToken abort)
    {
        var faulty = run.FindFaulty(cause);
        if (cause is RequestFault fault) Log.RequestFault(logger, fault.Stage, run.Work.Model.Id, faulty[0].EventId, fault.InnerException!);
        else Log.PipelineFailed(logger, run.Work.Model.Id, cause);
        try
        {
            var now = time.GetUtcNow();
            WebhookDelivery[] next = [.. faulty.Select(d => DeliveryDecider.PutOff(d, now))];

            // A batch that has failed before comes back whole: one time for all of it.
            var dueAt = next.Max(d => d.DueAt);
            for (var i = 0; i < next.Length; i++) next[i] = next[i] with { DueAt = dueAt };
            run.Decided(next);
            await SettleWithoutAttemptAsync(run, next, abort);
        }
        catch (Exception) when (abort.IsCancellationRequested)
        {
            // As above.
        }
    }
}
