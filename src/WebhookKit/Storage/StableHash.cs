namespace WebhookKit.Storage;

/// <summary>A hash that is the same in every process and version, unlike <see cref="string.GetHashCode()"/>: 64-bit FNV-1a with a final mix.</summary>
internal static class StableHash
{
    public static ulong Of(string text, ulong seed = 14695981039346656037)
    {
        var hash = seed;
        foreach (var c in text)
        {
            hash ^= c;
            hash *= 1099511628211;
        }

        // FNV alone leaves the low bits of short, similar texts alike.
        hash ^= hash >> 33;
        hash *= 0xff51afd7ed558ccd;
        hash ^= hash >> 33;
        return hash;
    }
}
