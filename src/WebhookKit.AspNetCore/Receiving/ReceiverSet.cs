using System.Collections.Concurrent;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>The receivers that the host has mapped, as far as they outlive a request: their queues, and the handlers that the inbox calls.</summary>
internal sealed class ReceiverSet : IDisposable
{
    private readonly ConcurrentDictionary<string, HandlerTable> _inboxes = new(StringComparer.Ordinal);

    // Not a bag, which would keep them, and so all of a host that has ended, for the threads that have mapped them.
    private readonly ConcurrentQueue<HandleAfter> _queues = [];

    private readonly CancellationTokenSource _abort = new();

    /// <summary>Ends what is handled before its answer, when the host's shutdown time has ended.</summary>
    public CancellationToken Abort => _abort.Token;

    public void Add(HandleAfter queue) => _queues.Enqueue(queue);

    /// <summary>Adds the handlers of a receiver with an inbox; not twice under one name.</summary>
    public bool TryAdd(string receiver, HandlerTable handlers) => _inboxes.TryAdd(receiver, handlers);

    public HandlerTable? FindInbox(string receiver) => _inboxes.GetValueOrDefault(receiver);

    /// <summary>Lets all that was taken be handled, until it must end.</summary>
    public async Task DrainAsync(CancellationToken end)
    {
        await Task.WhenAll(_queues.Select(q => q.DrainAsync(end)));
        await _abort.CancelAsync();
    }

    public void Dispose()
    {
        foreach (var queue in _queues) queue.Dispose();
        _abort.Dispose();
    }
}
