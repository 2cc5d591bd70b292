namespace WebhookKit.Dispatching;

/// <summary>The breaker of one lane. Pure: time comes in, nothing goes out. Guarded by its lane's lock.</summary>
/// <remarks>
/// <code>
/// Closed   -> Open      enough failures in a row within the window
/// Open     -> HalfOpen  its time is over and a probe starts
/// HalfOpen -> Closed    the probe succeeds
/// HalfOpen -> Open      the probe fails: open for twice as long
/// any      -> Closed    any success, also one that started before it opened
/// </code>
/// </remarks>
internal sealed class CircuitBreaker(BreakerOptions options)
{
    /// <summary>The times of the latest failures since the last success; <see langword="null"/> when there is none.</summary>
    private Queue<DateTimeOffset>? _failures;
    private DateTimeOffset _openUntil;
    private TimeSpan _openFor;
    private State _state;

    private enum State
    {
        Closed,
        Open,
        HalfOpen,
    }

    public bool IsOpen => _state != State.Closed;

    /// <summary>Whether there is nothing to remember: no failure since the last success that could still count.</summary>
    public bool IsPristine(DateTimeOffset now) => _state == State.Closed && (_failures is null || now - _failures.Last() > options.Window);

    /// <summary>From when an attempt may start; <see cref="DateTimeOffset.MaxValue"/> while a probe is under way.</summary>
    public DateTimeOffset AllowedFrom => _state switch
    {
        State.Open => _openUntil,
        State.HalfOpen => DateTimeOffset.MaxValue,
        _ => DateTimeOffset.MinValue,
    };

    /// <summary>An attempt starts. When the breaker was open, it is the probe.</summary>
    /// <returns>Whether it is the probe: its end must then be told, by whichever of the other methods.</returns>
    public bool Start()
    {
        if (_state != State.Open) return false;
        _state = State.HalfOpen;
        return true;
    }

    public void Succeeded()
    {
        _state = State.Closed;
        _failures = null;
    }

    public void Failed(bool probe, DateTimeOffset now)
    {
        if (probe && _state == State.HalfOpen)
        {
            _openFor = Min(_openFor * 2, options.MaxOpenFor);
            Open(now);
        }
        else if (_state == State.Closed)
        {
            _failures ??= new();
            _failures.Enqueue(now);
            if (_failures.Count > options.Failures) _failures.Dequeue();
            if (_failures.Count == options.Failures && now - _failures.Peek() <= options.Window)
            {
                _openFor = options.OpenFor;
                Open(now);
            }
        }

        // Failures of attempts that started before it opened say nothing new.
    }

    /// <summary>The attempt ended without saying anything of the endpoint. A probe is owed again at once.</summary>
    public void Withdrawn(bool probe)
    {
        if (probe && _state == State.HalfOpen) _state = State.Open;
    }

    private void Open(DateTimeOffset now)
    {
        _state = State.Open;
        _openUntil = now + _openFor;
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
