using System.Buffers.Binary;
using System.Globalization;

namespace WebhookKit.Publishing;

/// <summary>Makes ids: unique across nodes, rising with time on one node, and repeatable from the clock and the random source.</summary>
internal sealed class IdSource(TimeProvider time, RandomSource random)
{
    private static readonly DateTimeOffset SubscriptionEpoch = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly long _node = random.NextInt64();
    private long _counter;

    /// <summary>
    /// A version 7 UUID (RFC 9562, section 5.7): milliseconds, then a counter that keeps ids of one node in order, then the
    /// node's random number.
    /// </summary>
    public Guid NewDeliveryId()
    {
        var counter = Interlocked.Increment(ref _counter);
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, time.GetUtcNow().ToUnixTimeMilliseconds() << 16);
        BinaryPrimitives.WriteInt16BigEndian(bytes[6..], (short)(0x7000 | ((counter >> 14) & 0x0fff)));
        BinaryPrimitives.WriteInt64BigEndian(bytes[8..], (2L << 62) | ((counter & 0x3fff) << 48) | (_node & 0xffff_ffff_ffff));
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>An event id: <c>msg_</c> and 32 hexadecimal digits.</summary>
    public string NewEventId() => string.Create(36, NewDeliveryId(), static (span, id) =>
    {
        "msg_".CopyTo(span);
        id.TryFormat(span[4..], out _, "N");
    });

    /// <summary>A subscription id: a decimal number below 2^63, as the systems that this library stands in for have it.</summary>
    public string NewSubscriptionId()
    {
        var milliseconds = (long)(time.GetUtcNow() - SubscriptionEpoch).TotalMilliseconds;
        return ((milliseconds << 21) | (random.NextInt64() & 0x1f_ffff)).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>A short text of random letters and digits, to tell nodes apart.</summary>
    public string NewNodeSuffix() => (random.NextInt64() & 0xffff_ffff).ToString("x8", CultureInfo.InvariantCulture);
}
