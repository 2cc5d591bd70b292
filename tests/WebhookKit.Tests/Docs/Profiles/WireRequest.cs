using System.Text;

namespace WebhookKit.Tests.Docs.Profiles;

/// <summary>A request as it went over the wire.</summary>
internal sealed record WireRequest(string Line, IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    public string this[string header] => Headers.Single(h => string.Equals(h.Key, header, StringComparison.OrdinalIgnoreCase)).Value;

    public HttpMethod Method => new(Line.Split(' ')[0]);

    public Uri Uri => new($"http://{this["Host"]}{Line.Split(' ')[1]}");

    public override string ToString()
    {
        var text = new StringBuilder(Line).Append('\n');
        foreach (var (name, value) in Headers) text.Append(name).Append(": ").Append(value).Append('\n');
        if (Body.Length > 0) text.Append('\n').Append(Encoding.UTF8.GetString(Body)).Append('\n');
        return text.ToString();
    }
}
