namespace WebhookKit.Storage.InMemory;

/// <summary>A stored delivery: its snapshot, and its place in the orders that it is read by.</summary>
internal sealed class DeliveryRow(WebhookDelivery delivery, EventRow ofEvent, long sequence)
{
    private DeliveryRow? _duePrevious;
    private DeliveryRow? _dueNext;
    private DeliveryRow? _lanePrevious;
    private DeliveryRow? _laneNext;
    private DeliveryRow? _allPrevious;
    private DeliveryRow? _allNext;
    private DeliveryRow? _eventPrevious;
    private DeliveryRow? _eventNext;
    private DeliveryAttempt? _lastAttempt;
    private List<DeliveryAttempt>? _earlierAttempts;

    public WebhookDelivery Delivery { get; set; } = delivery;

    public EventRow Event { get; } = ofEvent;

    /// <summary>The order in which deliveries were stored; never changes.</summary>
    public long Sequence { get; } = sequence;

    /// <summary>The lane that it waits in; <see langword="null"/> unless pending.</summary>
    public Lane? Lane { get; set; }

    /// <summary>The due time that the lane has it ordered by; owned by the lane.</summary>
    public long DueTicks { get; set; }

    /// <summary>Whether the lane has it in its tree, not in its line; owned by the lane.</summary>
    public bool IsInTree { get; set; }

    public bool IsPending => Delivery.Status == DeliveryStatus.Pending;

    public DeliveryRow? NextDue => _dueNext;

    public DeliveryRow? PreviousDue => _duePrevious;

    public DeliveryRow? NextInLane => _laneNext;

    public DeliveryRow? PreviousInLane => _lanePrevious;

    public DeliveryRow? PreviousOfAll => _allPrevious;

    public DeliveryRow? NextOfAll => _allNext;

    public DeliveryRow? NextOfEvent => _eventNext;

    /// <summary>Keeps an attempt. Each one that is kept has raised the delivery's attempt count by one.</summary>
    public void AddAttempt(DeliveryAttempt attempt, int maxKept)
    {
        if (maxKept == 0)
            return;

        // Most deliveries have one attempt: only the others need a list.
        if (_lastAttempt is not null && maxKept > 1)
        {
            _earlierAttempts ??= [];
            if (_earlierAttempts.Count == maxKept - 1)
                _earlierAttempts.RemoveAt(0);
            _earlierAttempts.Add(_lastAttempt);
        }

        _lastAttempt = attempt;
    }

    /// <summary>Removes the attempts that began before a time, oldest first, as many as may go, but not the last one.</summary>
    /// <returns>How many have gone.</returns>
    public int RemoveAttempts(DateTimeOffset before, int limit)
    {
        var removed = 0;
        if (_earlierAttempts is null)
            return removed;

        while (removed < limit && removed < _earlierAttempts.Count && _earlierAttempts[removed].StartedAt < before)
            removed++;
        _earlierAttempts.RemoveRange(0, removed);
        return removed;
    }

    /// <summary>The attempts, oldest first. A batch's deliveries share one, so the number is put in here.</summary>
    public DeliveryAttempt[] NumberedAttempts()
    {
        if (_lastAttempt is null)
            return [];

        var earlier = _earlierAttempts?.Count ?? 0;
        var attempts = new DeliveryAttempt[earlier + 1];
        var first = Delivery.AttemptCount - earlier;
        for (var i = 0; i < earlier; i++)
            attempts[i] = _earlierAttempts![i] with { Number = first + i };
        attempts[earlier] = _lastAttempt with { Number = first + earlier };
        return attempts;
    }

    /// <summary>By due time, then as stored.</summary>
    public static int CompareDue(DeliveryRow? left, DeliveryRow? right)
    {
        var byDue = left!.DueTicks.CompareTo(right!.DueTicks);
        return byDue != 0 ? byDue : left.Sequence.CompareTo(right.Sequence);
    }

    /// <summary>Links a pending delivery into its lane's line, or a finished one into the history: it is never in both.</summary>
    internal readonly struct DueLinks : ILinks<DeliveryRow>
    {
        public static ref DeliveryRow? Previous(DeliveryRow node) => ref node._duePrevious;

        public static ref DeliveryRow? Next(DeliveryRow node) => ref node._dueNext;
    }

    /// <summary>Links the pending deliveries of a lane as stored.</summary>
    internal readonly struct LaneLinks : ILinks<DeliveryRow>
    {
        public static ref DeliveryRow? Previous(DeliveryRow node) => ref node._lanePrevious;

        public static ref DeliveryRow? Next(DeliveryRow node) => ref node._laneNext;
    }

    /// <summary>Links all deliveries as stored.</summary>
    internal readonly struct AllLinks : ILinks<DeliveryRow>
    {
        public static ref DeliveryRow? Previous(DeliveryRow node) => ref node._allPrevious;

        public static ref DeliveryRow? Next(DeliveryRow node) => ref node._allNext;
    }

    /// <summary>Links the deliveries of one event.</summary>
    internal readonly struct EventLinks : ILinks<DeliveryRow>
    {
        public static ref DeliveryRow? Previous(DeliveryRow node) => ref node._eventPrevious;

        public static ref DeliveryRow? Next(DeliveryRow node) => ref node._eventNext;
    }
}
