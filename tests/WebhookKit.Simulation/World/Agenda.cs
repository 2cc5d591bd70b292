namespace WebhookKit.Simulation.World;

/// <summary>The time of a simulated world, and what is to happen in it: at each moment in the order in which it was planned.</summary>
internal sealed class Agenda
{
    private readonly PriorityQueue<Entry, (long At, long Number)> _entries = new();
    private long _lastNumber;

    public static DateTimeOffset Start { get; } = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How long the world has lasted.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>Plans something.</summary>
    public Entry After(TimeSpan delay, Action action)
    {
        var entry = new Entry(action);
        _entries.Enqueue(entry, ((Now + delay).Ticks, ++_lastNumber));
        return entry;
    }

    /// <summary>Moves on to what comes next, and does it.</summary>
    /// <returns>Whether there was anything until a time, at which the world else stands.</returns>
    public bool TryDoNext(TimeSpan until)
    {
        while (_entries.TryPeek(out var entry, out var key) && key.At <= until.Ticks)
        {
            _entries.Dequeue();
            if (entry.Take() is not { } action) continue;
            Now = new TimeSpan(key.At);
            action();
            return true;
        }

        Now = until;
        return false;
    }

    /// <summary>Something planned, which can be called off.</summary>
    internal sealed class Entry(Action action)
    {
        private Action? _action = action;

        public void CallOff() => _action = null;

        public Action? Take()
        {
            var action = _action;
            _action = null;
            return action;
        }
    }
}
