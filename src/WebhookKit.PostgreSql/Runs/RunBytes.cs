using System.Buffers.Binary;

namespace WebhookKit.PostgreSql.Runs;

/// <summary>How the deliveries of a run stand in their column.</summary>
internal static class RunBytes
{
    /// <summary>The place in two bytes, the id in sixteen, the time in eight.</summary>
    private const int MemberSize = 26;

    public static byte[] OfMembers(IReadOnlyList<RunMember> members)
    {
        var bytes = new byte[members.Count * MemberSize];
        for (var i = 0; i < members.Count; i++)
        {
            var at = bytes.AsSpan(i * MemberSize, MemberSize);
            BinaryPrimitives.WriteUInt16BigEndian(at, (ushort)members[i].Place);
            members[i].Id.TryWriteBytes(at[2..], bigEndian: true, out _);
            BinaryPrimitives.WriteInt64BigEndian(at[18..], members[i].CreatedAt);
        }

        return bytes;
    }

    public static RunMember[] ToMembers(ReadOnlySpan<byte> bytes)
    {
        var members = new RunMember[bytes.Length / MemberSize];
        for (var i = 0; i < members.Length; i++)
        {
            var at = bytes.Slice(i * MemberSize, MemberSize);
            members[i] = new RunMember(
                BinaryPrimitives.ReadUInt16BigEndian(at),
                new Guid(at.Slice(2, 16), bigEndian: true),
                BinaryPrimitives.ReadInt64BigEndian(at[18..]));
        }

        return members;
    }
}
