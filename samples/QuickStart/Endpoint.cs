using System.Collections.Concurrent;
using WebhookKit;

namespace QuickStart;

/// <summary>One receiving endpoint: what it wants, how it behaves, and what has arrived.</summary>
internal sealed class Endpoint
{
    private readonly ConcurrentDictionary<string, int> _accepted = new();
    private readonly ConcurrentDictionary<string, int> _messages = new();
    private int _requests;
    private int _verified;

    public required string Name { get; init; }

    public required string Behaviour { get; init; }

    public required IReadOnlyList<string> EventTypes { get; init; }

    public BatchingOptions? Batching { get; init; }

    /// <summary>Answers a request, given its number from 1, with a status.</summary>
    public required Func<int, Task<int>> Answer { get; init; }

    /// <summary>Whether it turns everything down for good; then nothing is owed to it.</summary>
    public bool RefusesAll { get; init; }

    /// <summary>The same in every run, so that a store knows it again.</summary>
    public string SubscriptionId => $"quickstart-{Name}";

    /// <summary>Set before anything is sent to it; until then there is no secret to verify with.</summary>
    public WebhookVerifier? Verifier { get; private set; }

    public int Requests => Volatile.Read(ref _requests);

    public int Verified => Volatile.Read(ref _verified);

    public int Retries => Requests - _messages.Count;

    /// <summary>How often each event was accepted, by its id.</summary>
    public IReadOnlyDictionary<string, int> Accepted => _accepted;

    public void Subscribed(WebhookSubscription subscription) =>
        Verifier = new WebhookVerifier(QuickStartProfile.Value, subscription.Secrets.Select(secret => secret.Value));

    /// <summary>Whether it is owed events of a type, told independently of the library, to check it.</summary>
    public bool IsOwed(string eventType)
    {
        if (RefusesAll || (Batching is null && WebhookEventTypes.MailerLite.Any(known => known.Name == eventType && known.BatchingRequired))) return false;
        return EventTypes.Any(pattern => pattern == eventType || (pattern.EndsWith('*') && eventType.StartsWith(pattern[..^1], StringComparison.Ordinal)));
    }

    /// <summary>Takes a request whose signature holds.</summary>
    public async Task<int> ReceiveAsync(int number, string messageId, IReadOnlyList<string> eventIds)
    {
        Interlocked.Increment(ref _verified);
        _messages.AddOrUpdate(messageId, 1, (_, count) => count + 1);
        var status = await Answer(number);
        if (status == 200)
        {
            foreach (var id in eventIds) _accepted.AddOrUpdate(id, 1, (_, count) => count + 1);
        }

        return status;
    }

    public int NextRequestNumber() => Interlocked.Increment(ref _requests);
}
