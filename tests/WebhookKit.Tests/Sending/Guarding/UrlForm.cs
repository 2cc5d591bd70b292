namespace WebhookKit.Tests.Sending.Guarding;

/// <summary>A URL as a stranger writes it, and what is to become of it.</summary>
/// <param name="Text">The URL.</param>
/// <param name="Expected">A part of the refusal, or the host that a browser goes to.</param>
/// <param name="Port">The port that a browser goes to.</param>
internal sealed record UrlForm(string Text, string Expected, int Port = 443)
{
    /// <summary>What every URL has in front that <see cref="Uri"/> does not take: a host application never gets so far as to save it.</summary>
    public const string Unparsable = "Invalid URI";

    /// <summary>A label of a host name.</summary>
    public static string Label(int length) => new('a', length);

    /// <summary>For the test's name: in ASCII that can be printed, and short.</summary>
    public override string ToString()
    {
        var shown = string.Concat(Text.Take(80).Select(c => c is >= ' ' and <= '~' ? $"{c}" : $"\\u{(int)c:x4}"));
        return Text.Length <= 80 ? shown : $"{shown}… ({Text.Length})";
    }
}
