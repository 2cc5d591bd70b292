using WebhookKit.Outcomes;

namespace WebhookKit.Dispatching;

/// <summary>
/// What the pipeline knows of one request as it goes: which of its deliveries are live, and the next state of each. Used by one
/// flow only.
/// </summary>
internal sealed class DeliveryRun
{
    private readonly DateTimeOffset _startedAt;
    private bool _sendingEnded;
    private bool _holds;

    public DeliveryRun(LaneWork work, DateTimeOffset now)
    {
        Work = work;
        _startedAt = now;
        var items = work.Items;
        Next = new WebhookDelivery[items.Length];
        for (var i = 0; i < items.Length; i++)
        {
            Next[i] = items[i].Delivery;
            HasExpired |= IsExpired(Next[i], now);
        }

        Live = HasExpired ? [.. Next.Where(d => !IsExpired(d, now))] : Next;
    }

    public LaneWork Work { get; }

    /// <summary>The next state of every delivery of the work, in its order; its old state while nothing is decided.</summary>
    public WebhookDelivery[] Next { get; }

    /// <summary>The deliveries that have not expired, as they were until something is decided.</summary>
    public WebhookDelivery[] Live { get; }

    public bool HasExpired { get; }

    /// <summary>The events of the live deliveries.</summary>
    public WebhookEvent[] Events => field ??= HasExpired
        ? [.. Work.Items.Where(i => !IsExpired(i.Delivery, _startedAt)).Select(i => i.Event)]
        : Array.ConvertAll(Work.Items, static i => i.Event);

    /// <summary>The batch's message id; <see langword="null"/> when the delivery goes alone.</summary>
    public string? BatchId => IsBatch ? MessageIds.OfBatch(Live) : null;

    /// <summary>Whether they go as a batch, be it of one.</summary>
    public bool IsBatch => Work.Model.Batching is not null;

    /// <summary>Whether one that was live when it began has expired by now.</summary>
    public bool HasExpiredBy(DateTimeOffset now)
    {
        foreach (var delivery in Live)
        {
            if (IsExpired(delivery, now)) return true;
        }

        return false;
    }

    /// <summary>Ends the deliveries whose time to live is over.</summary>
    public WebhookDelivery[] TakeExpired()
    {
        WebhookDelivery[] expired = [.. Next.Where(d => IsExpired(d, _startedAt)).Select(d => DeliveryDecider.Expire(d, _startedAt))];
        Decided(expired);
        return expired;
    }

    /// <summary>The live deliveries that can never be sent, each with the reason: all of them unless only some are refused by themselves.</summary>
    public IReadOnlyList<(WebhookDelivery Delivery, string Reason)> FindUnsendable(UnsendableEventException refusal)
    {
        List<(WebhookDelivery, string)> refused = [];
        for (var i = 0; i < Live.Length && Live.Length > 1; i++)
        {
            if (RequestBuilder.FindFormatFault(Work.Model, Events[i], IsBatch, _startedAt) is UnsendableEventException own) refused.Add((Live[i], own.Message));
        }

        return refused.Count > 0 ? refused : [.. Live.Select(d => (d, refusal.Message))];
    }

    /// <summary>
    /// The live deliveries to put off after a fault: those that the format cannot handle by themselves, so that the others of a batch go
    /// without them, or else all.
    /// </summary>
    public WebhookDelivery[] FindFaulty(Exception cause)
    {
        if (Live.Length == 1 || cause is not RequestFault { Stage: RequestStage.Format }) return Live;
        WebhookDelivery[] faulty = [.. Live.Where((_, i) => RequestBuilder.FindFormatFault(Work.Model, Events[i], IsBatch, _startedAt) is not null)];
        return faulty.Length > 0 ? faulty : Live;
    }

    /// <summary>Whether the next state of the live deliveries has been decided: what fails later must not put them off.</summary>
    public bool IsDecided { get; private set; }

    /// <summary>Whether what became of it is being stored while its flow has gone on.</summary>
    public bool IsSettling { get; set; }

    /// <summary>Notes the next states of some of the deliveries.</summary>
    public void Decided(WebhookDelivery[] next)
    {
        IsDecided |= next.Length > 0 && next[0].Status != DeliveryStatus.Expired;
        var from = 0;
        foreach (var delivery in next)
        {
            // Both lists have the same order.
            while (Next[from].Id != delivery.Id) from++;
            Next[from] = delivery;
        }
    }

    /// <summary>Tells the lane, once, that the request has ended.</summary>
    public void EndSending(LaneEnd end, DateTimeOffset? blockedUntil, DateTimeOffset now)
    {
        if (_sendingEnded) return;
        _sendingEnded = true;
        Work.Lane.Sent(Work, end, blockedUntil, now);
    }

    /// <summary>Lets the lane start nothing more until this work is settled.</summary>
    public void Hold()
    {
        _holds = true;
        Work.Lane.Hold();
    }

    /// <summary>Ends the hold, if there is one.</summary>
    public void EndHold()
    {
        if (_holds) Work.Lane.EndHold();
    }

    public Settlement ToSettlement(
        IReadOnlyList<WebhookDelivery> next, DeliveryAttempt? attempt = null, HealthChange? health = null, bool removesSucceeded = false) => new()
        {
            Partition = Work.Model.Partition,
            Fence = Work.Fence,
            SubscriptionId = Work.Model.Id,
            Deliveries = next,
            Attempt = attempt,
            Health = health is null ? null : health with { Url = Work.Model.Subscription.Url },
            RemovesSucceeded = removesSucceeded,
        };

    private static bool IsExpired(WebhookDelivery delivery, DateTimeOffset now) => delivery.ExpiresAt <= now;
}
