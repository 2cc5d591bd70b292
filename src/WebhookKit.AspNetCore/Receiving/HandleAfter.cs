using WebhookKit.Diagnostics;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>Answers at once and handles after, from a bounded queue. Events are remembered once they are handled; one that fails is lost.</summary>
internal sealed class HandleAfter : IMessageTaker, IDisposable
{
    private readonly HandlerTable _handlers;
    private readonly RecentIds _recent;
    private readonly Deadlines _deadlines;
    private readonly string _receiver;
    private readonly SafeLogger<Receiver> _logger;
    private readonly WorkQueue<ReceivedMessage> _queue;
    private int _isFull;

    public HandleAfter(HandlerTable handlers, RecentIds recent, WebhookReceiverOptions options, string receiver, TimeProvider time, SafeLogger<Receiver> logger)
    {
        _handlers = handlers;
        _recent = recent;
        _receiver = receiver;
        _logger = logger;
        _queue = new WorkQueue<ReceivedMessage>(options.QueueCapacity, options.MaxConcurrency, HandleAsync);
        _deadlines = new Deadlines(options.HandlerTimeout, time, _queue.Abort);
    }

    public ValueTask<Answer> TakeAsync(ReceivedMessage message, CancellationToken cancellationToken)
    {
        var keys = message.Keys;
        var isNew = false;
        for (var i = 0; i < keys.Length; i++)
        {
            switch (_recent.Begin(keys[i], out message.Entries[i]))
            {
                case Known.Not:
                    isNew = true;
                    break;
                case Known.AsDone:
                    message.Skip(i);
                    break;
                case Known.AsUnderWay:
                    Forget(message, i);
                    return new(Answer.UnderWay);
            }
        }

        if (!isNew) return new(Answer.Ok);
        if (_queue.TryAdd(message))
        {
            if (Volatile.Read(ref _isFull) != 0) Interlocked.Exchange(ref _isFull, 0);
            return new(Answer.Ok);
        }

        Forget(message, keys.Length);
        if (Interlocked.Exchange(ref _isFull, 1) == 0) ReceiverLog.QueueFull(_logger, _receiver);
        return new(Answer.Busy);
    }

    /// <summary>Lets all that was taken be handled, until it must end.</summary>
    public async Task DrainAsync(CancellationToken end)
    {
        var dropped = await _queue.DrainAsync(end);
        if (dropped > 0) ReceiverLog.LostAtStop(_logger, _receiver, dropped);
    }

    public void Dispose() => _queue.Dispose();

    private void Forget(ReceivedMessage message, int count)
    {
        for (var i = 0; i < count; i++)
        {
            _recent.End(message.Entries[i], isDone: false);
        }
    }

    private async ValueTask HandleAsync(ReceivedMessage message)
    {
        for (var i = 0; i < message.Events.Count; i++)
        {
            if (message.IsSkipped(i)) continue;
            _recent.End(message.Entries[i], await TryHandleAsync(message, message.Events[i]));
        }
    }

    private async ValueTask<bool> TryHandleAsync(ReceivedMessage message, WebhookEvent webhookEvent)
    {
        using var deadline = _deadlines.Start();
        try
        {
            await _handlers.HandleAsync(webhookEvent, message.MessageId, message.SignedAt, canAnswer: false, deadline.Token);
            return true;
        }
        catch (UnreadableDataException cause)
        {
            ReceiverLog.Unreadable(_logger, _receiver, webhookEvent, cause);
        }
        catch (Exception cause)
        {
            ReceiverLog.HandlerFailed(_logger, _receiver, webhookEvent, "It has been answered and is not tried again.", cause);
        }

        return false;
    }
}
