using System.Collections.Concurrent;

namespace WebhookKit.Stored.Runs;

/// <summary>
/// The subscriptions whose lanes this process has read in sequence: what is published to them has rows at once, to which it would be moved anyway as
/// it is read. Only so many are remembered; the others cost more, and nothing else.
/// </summary>
internal sealed class SequencedLanes
{
    private const int Capacity = 10_000;

    private readonly ConcurrentDictionary<string, bool> _lanes = new(StringComparer.Ordinal);

    public void Add(string subscriptionId)
    {
        if (_lanes.Count < Capacity) _lanes.TryAdd(subscriptionId, true);
    }

    public bool Contains(string subscriptionId) => _lanes.ContainsKey(subscriptionId);
}
