namespace WebhookKit.Storage;

/// <summary>
/// Stands for a secret that cannot be read now: what is stored, behind U+0000, which no readable one has. It signs nothing, and is stored
/// again as it was.
/// </summary>
internal static class UnreadableText
{
    private const char Marker = '\0';

    public static string Mark(string stored) => Marker + stored;

    public static bool IsMarked(string text) => text.Length > 0 && text[0] == Marker;

    public static string Unmark(string text) => text[1..];
}
