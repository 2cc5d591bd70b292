using WebhookKit.Simulation.World;

namespace WebhookKit.Simulation.Rules;

/// <summary>When the breaker of one lane lets requests go, told anew from what its options say.</summary>
internal sealed class BreakerModel(BreakerOptions options)
{
    private readonly List<TimeSpan> _failures = [];
    private TimeSpan? _openUntil;
    private TimeSpan _openFor;
    private SentRequest? _probe;
    private bool _isDoubtful;

    /// <summary>A request starts.</summary>
    /// <returns>What is wrong with that; null for nothing.</returns>
    public string? Started(SentRequest request)
    {
        if (_isDoubtful || _openUntil is not { } until) return null;
        if (request.StartedAt < until) return $"although its breaker is open for {until - request.StartedAt} more";
        if (_probe is not null) return "although the probe of its breaker is under way";
        _probe = request;
        return null;
    }

    /// <summary>It may remember less than has happened, or more: until the next success, after which nothing is left to remember.</summary>
    public void Doubt() => _isDoubtful = true;

    /// <summary>A request has ended, and its sender knows.</summary>
    public void Ended(SentRequest request)
    {
        var now = request.EndedAt!.Value;
        if (request.Status == 200) Close();
        else if (request == _probe) Open(now, _openFor * 2);
        else if (_openUntil is null) Fail(now);
    }

    private void Fail(TimeSpan now)
    {
        _failures.Add(now);
        if (_failures.Count >= options.Failures && now - _failures[^options.Failures] <= options.Window) Open(now, options.OpenFor);
    }

    private void Open(TimeSpan now, TimeSpan openFor)
    {
        _openFor = openFor < options.MaxOpenFor ? openFor : options.MaxOpenFor;
        _openUntil = now + _openFor;
        _probe = null;
    }

    private void Close()
    {
        _openUntil = null;
        _probe = null;
        _failures.Clear();
        _isDoubtful = false;
    }
}
