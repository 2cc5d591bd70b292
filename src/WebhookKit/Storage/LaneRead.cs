namespace WebhookKit;

/// <summary>A wish to read pending deliveries of a lane.</summary>
/// <param name="SubscriptionId">The lane's subscription.</param>
/// <param name="Limit">The most to read.</param>
/// <param name="InSequence">
/// <see langword="true"/>: in the order in which they were stored; one that was added to a stored event may stand at that event's place.
/// <see langword="false"/>: by due time, then in that order.
/// </param>
public readonly record struct LaneRead(string SubscriptionId, int Limit, bool InSequence)
{
    /// <summary>
    /// Deliveries to leave out, since the reader has them: <see cref="Limit"/> is of the others. <see langword="null"/> (the default) or
    /// empty for none.
    /// </summary>
    public IReadOnlySet<Guid>? Held { get; init; }

    /// <summary>
    /// Ordering keys whose deliveries are left out: they are held back by one that fails. Only together with
    /// <see cref="InSequence"/>. <see langword="null"/> (the default) or empty for none.
    /// </summary>
    public IReadOnlyCollection<string>? WithoutKeys { get; init; }

    /// <summary>
    /// Leaves out deliveries of events without an ordering key that are due after this time: they hold nothing back. Only together
    /// with <see cref="InSequence"/>. <see langword="null"/> (the default) leaves out none.
    /// </summary>
    public DateTimeOffset? KeylessDueBy { get; init; }

    /// <summary>
    /// A hint: when the reader last looked, nothing was pending that it does not hold and that was due before this. A store may pass over
    /// what is due earlier, which spares it the way past entries of what is delivered, or may ignore the hint. Only without
    /// <see cref="InSequence"/>. <see langword="null"/> (the default): look at everything.
    /// </summary>
    public DateTimeOffset? DueFrom { get; init; }
}
