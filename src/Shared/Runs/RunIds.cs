using System.Buffers.Binary;

namespace WebhookKit.Stored.Runs;

/// <summary>The ids of a run's deliveries. They begin with a time, and so a delivery can be looked for by its id alone.</summary>
internal struct RunIds()
{
    public Guid First { get; private set; } = Guid.AllBitsSet;

    public Guid Last { get; private set; } = Guid.Empty;

    /// <summary>Adds one, unless it is too far from the others.</summary>
    /// <returns>Whether it is added.</returns>
    public bool TryAdd(Guid id)
    {
        var first = id.CompareTo(First) < 0 ? id : First;
        var last = id.CompareTo(Last) > 0 ? id : Last;
        if (MillisecondsOf(last) - MillisecondsOf(first) > RunRules.MaxSpanMilliseconds) return false;
        (First, Last) = (first, last);
        return true;
    }

    /// <summary>The lowest first id of a run that may hold one.</summary>
    public static Guid LowestFirst(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        BinaryPrimitives.WriteInt64BigEndian(bytes, Math.Max(MillisecondsOf(id) - RunRules.MaxSpanMilliseconds, 0) << 16);
        return new Guid(bytes, bigEndian: true);
    }

    private static long MillisecondsOf(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        return (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16);
    }
}
