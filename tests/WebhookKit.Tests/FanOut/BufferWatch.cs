using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace WebhookKit.Tests.FanOut;

/// <summary>A format that notes the buffer of each event's data that goes through it.</summary>
internal sealed class BufferWatch(int expected) : IWebhookFormat
{
    private readonly ConcurrentDictionary<byte[], byte> _buffers = new(ReferenceEqualityComparer.Instance);
    private readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _formatted;

    /// <summary>Ends when so many requests as expected have been formatted.</summary>
    public Task Seen => _seen.Task;

    /// <summary>How many buffers their events had.</summary>
    public int Buffers => _buffers.Count;

    public bool CanBatch(WebhookSubscription subscription) => false;

    public WebhookContent Format(in FormatContext context)
    {
        MemoryMarshal.TryGetArray(context.Events[0].Data, out var data);
        _buffers.TryAdd(data.Array!, 0);
        if (Interlocked.Increment(ref _formatted) == expected) _seen.TrySetResult();
        return WebhookFormats.StandardWebhooks.Format(context);
    }
}
