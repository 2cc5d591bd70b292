using System.Security.Cryptography;

namespace WebhookKit.Dispatching;

/// <summary>The message ids of batches.</summary>
internal static class MessageIds
{
    /// <summary>
    /// The id of a batch, made from the ids of its deliveries: the same deliveries, gathered again after a failure or a crash, are
    /// the same message, and others never are. In whatever order: one that was resent may come to an ordered lane behind what follows it, and stands before that
    /// when both are read again.
    /// </summary>
    public static string OfBatch(IReadOnlyList<WebhookDelivery> deliveries)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> buffer = stackalloc byte[32];
        foreach (var id in deliveries.Select(static d => d.Id).Order())
        {
            id.TryWriteBytes(buffer, bigEndian: true, out var written);
            hash.AppendData(buffer[..written]);
        }

        hash.GetHashAndReset(buffer);
        return "batch_" + Convert.ToHexStringLower(buffer[..16]);
    }
}
