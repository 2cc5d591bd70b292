using System.Net;

namespace WebhookKit.Sending;

/// <summary>What the host's configuration of the HTTP client says of every request, read once.</summary>
internal sealed class HttpClientDefaults
{
    private readonly KeyValuePair<string, string>[] _headers;
    private readonly Version _version;
    private readonly HttpVersionPolicy _versionPolicy;

    private HttpClientDefaults(HttpClient client)
    {
        _headers = [.. client.DefaultRequestHeaders.NonValidated.Select(h => KeyValuePair.Create(h.Key, h.Value.ToString()))];

        // HTTP/3 makes its connections without asking the guard: "or higher" ends at 2.
        var isOrHigher = client.DefaultVersionPolicy == HttpVersionPolicy.RequestVersionOrHigher;
        _version = isOrHigher || client.DefaultRequestVersion > HttpVersion.Version20 ? HttpVersion.Version20 : client.DefaultRequestVersion;
        _versionPolicy = isOrHigher ? HttpVersionPolicy.RequestVersionOrLower : client.DefaultVersionPolicy;
    }

    public static HttpClientDefaults Of(HttpClient client)
    {
        using (client) return new HttpClientDefaults(client);
    }

    /// <summary>Adds them, as far as the request does not say otherwise.</summary>
    public void Apply(HttpRequestMessage message)
    {
        message.Version = _version;
        message.VersionPolicy = _versionPolicy;
        foreach (var (name, value) in _headers)
        {
            if (!message.Headers.NonValidated.Contains(name)) message.Headers.TryAddWithoutValidation(name, value);
        }
    }
}
