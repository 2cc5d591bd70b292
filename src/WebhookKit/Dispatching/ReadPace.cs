namespace WebhookKit.Dispatching;

/// <summary>
/// How much a lane reads at once: little at first, more while its endpoint takes what was read within a second, less while it takes long, so
/// that slow endpoints do not fill the memory that quick ones could use.
/// </summary>
internal struct ReadPace(int most)
{
    private const int Least = 16;
    private static readonly TimeSpan Quick = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(5);

    private DateTimeOffset _endedAt;
    private bool _wasFull;

    public int Size { get; private set; } = Math.Min(Least, most);

    /// <summary>A read is needed.</summary>
    public void Started(DateTimeOffset now)
    {
        var took = now - _endedAt;
        if (took > Slow) Size = Math.Max(Math.Min(Least, most), Size / 2);
        else if (took <= Quick && _wasFull) Size = Math.Min(most, Size * 2);
    }

    /// <summary>A read has ended.</summary>
    /// <param name="wasFull">Whether it brought all that was asked for, so that there may be more.</param>
    /// <param name="now">The time.</param>
    public void Ended(bool wasFull, DateTimeOffset now)
    {
        _wasFull = wasFull;
        _endedAt = now;
    }

    /// <summary>Begins anew: nothing could be sent for a while.</summary>
    public void Reset() => this = new ReadPace(most);
}
