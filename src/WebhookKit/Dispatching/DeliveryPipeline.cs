using Microsoft.Extensions.Logging;
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
    RandomSource random,
    WebhookOptions options,
    TimeProvider time,
    ILogger<DeliveryPipeline> logger)
{
    /// <summary>Runs it. Does not throw.</summary>
    /// <param name="work">What to send.</param>
    /// <param name="abort">Interrupts it: what is not settled by then is attempted again later.</param>
    public async Task RunAsync(LaneWork work, CancellationToken abort)
    {
        var run = new DeliveryRun(work, time.GetUtcNow());
        try
        {
            if (run.HasExpired) await SettleWithoutAttemptAsync(run, run.TakeExpired(), abort);
            if (run.Live.Length > 0) await AttemptAsync(run, abort);
        }
        catch (OperationCanceledException) when (abort.IsCancellationRequested)
        {
            // The host stops: the deliveries stay pending, for this node after its restart or for another.
        }
        catch (Exception cause)
        {
            Log.PipelineFailed(logger, work.Model.Id, cause);
        }
        finally
        {
            run.EndSending(LaneEnd.SaysNothing, null, time.GetUtcNow());
            work.Lane.Settled(work, run.Next);
        }
    }

    private async ValueTask SettleWithoutAttemptAsync(DeliveryRun run, WebhookDelivery[] next, CancellationToken abort)
    {
        var settled = await settler.SettleAsync(run.ToSettlement(next), abort);
        if (settled == SettleResult.Fenced) owner.Lost(run.Work.Model.Partition, run.Work.Fence);
        if (settled == SettleResult.Applied) messenger.TellFailed(run.Work.Model, next.Where(d => d.Status == DeliveryStatus.Expired));
    }

    private async ValueTask AttemptAsync(DeliveryRun run, CancellationToken abort)
    {
        var model = run.Work.Model;
        PreparedRequest request;
        try
        {
            request = RequestBuilder.Build(model, run.Events, run.BatchId, run.Live[0].AttemptCount + 1, time.GetUtcNow());
        }
        catch (RequestFault fault)
        {
            Log.RequestFault(logger, fault.Stage, model.Id, run.Live[0].EventId, fault.InnerException!);
            await PutOffAsync(run, abort);
            return;
        }

        using var activity = WebhookActivities.StartAttempt(model.Subscription, run.Events, request);
        var result = await sender.SendAsync(request, abort);
        var known = await health.ReadAsync(run.Work.Lane, model.Id, abort);
        var attempt = result.ToAttempt(request);
        var decision = DeliveryDecider.Decide(new DecisionInput
        {
            Deliveries = run.Live,
            Attempt = attempt,
            BatchId = request.BatchId,
            RetryAfter = result.RetryAfter,
            Profile = model.Profile,
            FailingSince = known,
            Now = time.GetUtcNow(),
            MaxRetryAfter = options.MaxRetryAfter,
            Random = result.Outcome == AttemptOutcome.Succeeded ? 0 : random.NextDouble(),
        });

        // The endpoint is free for the next one while this one is stored.
        run.EndSending(decision.Failed ? LaneEnd.Failed : LaneEnd.Succeeded, decision.LaneBlockedUntil, time.GetUtcNow());
        turns.Ask(run.Work.Lane);

        run.Decided(decision.Deliveries);
        var settled = await settler.SettleAsync(run.ToSettlement(decision.Deliveries, attempt, decision.Health), abort);
        if (settled == SettleResult.Fenced) owner.Lost(model.Partition, run.Work.Fence);
        if (settled == SettleResult.Applied && decision.Health is { } change) await HealthChangedAsync(run.Work, change, abort);
        WebhookActivities.SetResult(activity, attempt);
        messenger.TellAttempt(model, decision, attempt, settled, known);
    }

    private async ValueTask HealthChangedAsync(LaneWork work, HealthChange change, CancellationToken abort)
    {
        work.Lane.Health.Learn(change.FailingSince);
        if (change.DisableReason is null) return;
        try
        {
            // The lane stops at once, not only when the next sweep sees it.
            await cache.RefreshAsync(abort);
        }
        catch (Exception cause) when (!abort.IsCancellationRequested)
        {
            Log.RefreshFailed(logger, work.Model.Id, cause);
        }
    }

    private async ValueTask PutOffAsync(DeliveryRun run, CancellationToken abort)
    {
        var now = time.GetUtcNow();
        WebhookDelivery[] next = [.. run.Live.Select(d => DeliveryDecider.PutOff(d, now))];
        run.Decided(next);
        await SettleWithoutAttemptAsync(run, next, abort);
    }
}
