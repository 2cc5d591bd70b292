using WebhookKit.Diagnostics;
using WebhookKit.Storage;

namespace WebhookKit.Dispatching;

/// <summary>
/// Tells the other nodes of what this one has stored for them. Who has something to tell only notes it; a flow of its own sends what has
/// been noted, in one message at a time. What cannot be sent is forgotten: the others' sweeps find it.
/// </summary>
internal sealed class WakeSender : IDisposable
{
    /// <summary>The pause after each message, in which the next one gathers.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly WakeNotes _notes = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationToken _stopped;
    private readonly IWakeUpChannel _channel;
    private readonly OwnedPartitions _owned;
    private readonly TimeProvider _time;
    private readonly SafeLogger<WakeSender> _logger;
    private bool _isSending;

    /// <summary>Whether the last message could not be sent; owned by the sending flow.</summary>
    private bool _hasFailed;

    public WakeSender(IWakeUpChannel channel, OwnedPartitions owned, TimeProvider time, SafeLogger<WakeSender> logger)
    {
        _channel = channel;
        _owned = owned;
        _time = time;
        _logger = logger;
        _stopped = _stop.Token;
    }

    /// <summary>Whether anybody may hear of it.</summary>
    public bool IsHeard => _channel.HasListeners;

    /// <summary>Whether nothing is noted that has not been sent, and the pause after the last message is over.</summary>
    internal bool IsIdle
    {
        get
        {
            lock (_lock) return !_isSending;
        }
    }

    /// <summary>A lane that another node runs has something due.</summary>
    public void NoteDue(string subscriptionId)
    {
        if (IsHeard) Note(subscriptionId, static (notes, id) => notes.AddDue(id));
    }

    /// <summary>Pending deliveries of a lane that another node runs were changed by hand.</summary>
    public void NoteReread(string subscriptionId)
    {
        if (IsHeard) Note(subscriptionId, static (notes, id) => notes.AddReread(id));
    }

    /// <summary>Subscriptions have changed. Where this node owns all partitions, nobody else needs to know before its next publish.</summary>
    public void NoteChanged()
    {
        if (IsHeard && !_owned.OwnsAll) Note("", static (notes, _) => notes.AddChanged());
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private void Note(string id, Action<WakeNotes, string> note)
    {
        lock (_lock)
        {
            note(_notes, id);
            if (_isSending || _stopped.IsCancellationRequested) return;
            _isSending = true;
        }

        OwnFlow.Start(static sender => ((WakeSender)sender!).SendNotesAsync(), this);
    }

    /// <summary>Sends until nothing is noted any more. Cannot fail.</summary>
    private async Task SendNotesAsync()
    {
        while (TakeNotes() is { } wakeUp)
        {
            await SendAsync(wakeUp);
            await ResilientLoop.WaitAsync(Gap, _time, _stopped);
        }
    }

    private WakeUp? TakeNotes()
    {
        lock (_lock)
        {
            _isSending = !_notes.IsEmpty && !_stopped.IsCancellationRequested;
            return _isSending ? _notes.Take() : null;
        }
    }

    private async ValueTask SendAsync(WakeUp wakeUp)
    {
        try
        {
            using var patience = new CancellationTokenSource(Patience, _time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stopped);
            await _channel.WakeAsync(wakeUp, either.Token);
            _hasFailed = false;
        }
        catch (Exception cause)
        {
            // Once, however long the channel is away.
            if (!_hasFailed && !_stopped.IsCancellationRequested) Log.WakeUpFailed(_logger, cause);
            _hasFailed = true;
        }
    }
}
