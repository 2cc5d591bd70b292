using System.Buffers.Binary;
using System.Text;

namespace WebhookKit.Sqlite.Runs;

/// <summary>How the deliveries of a run, and their subscriptions, stand in their columns.</summary>
internal static class RunBytes
{
    /// <summary>The places of event and subscription in two bytes each, the id in sixteen, the time in eight.</summary>
    private const int MemberSize = 28;

    public static byte[] OfMembers(List<RunMember> members)
    {
        var bytes = new byte[members.Count * MemberSize];
        for (var i = 0; i < members.Count; i++)
        {
            var at = bytes.AsSpan(i * MemberSize, MemberSize);
            BinaryPrimitives.WriteUInt16BigEndian(at, (ushort)members[i].Event);
            BinaryPrimitives.WriteUInt16BigEndian(at[2..], (ushort)members[i].Lane);
            members[i].Id.TryWriteBytes(at[4..], bigEndian: true, out _);
            BinaryPrimitives.WriteInt64BigEndian(at[20..], members[i].CreatedAt);
        }

        return bytes;
    }

    public static int CountMembers(ReadOnlySpan<byte> bytes) => bytes.Length / MemberSize;

    public static RunMember MemberAt(ReadOnlySpan<byte> bytes, int index)
    {
        var at = bytes.Slice(index * MemberSize, MemberSize);
        return new RunMember(
            BinaryPrimitives.ReadUInt16BigEndian(at),
            BinaryPrimitives.ReadUInt16BigEndian(at[2..]),
            new Guid(at.Slice(4, 16), bigEndian: true),
            BinaryPrimitives.ReadInt64BigEndian(at[20..]));
    }

    /// <summary>Each with its length before it.</summary>
    public static byte[] OfLanes(IEnumerable<string> subscriptionIds)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        foreach (var id in subscriptionIds) writer.Write(id);
        writer.Flush();
        return bytes.ToArray();
    }

    public static string[] ToLanes(byte[] bytes)
    {
        List<string> ids = [];
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        while (reader.BaseStream.Position < bytes.Length) ids.Add(reader.ReadString());
        return [.. ids];
    }

    /// <summary>A bit for each, all set.</summary>
    public static byte[] AllSet(int count)
    {
        var bits = new byte[(count + 7) / 8];
        for (var i = 0; i < count; i++) bits[i >> 3] |= (byte)(1 << (i & 7));
        return bits;
    }

    public static bool IsSet(byte[] bits, int index) => (bits[index >> 3] & (1 << (index & 7))) != 0;

    public static void Clear(byte[] bits, int index) => bits[index >> 3] &= (byte)~(1 << (index & 7));
}
