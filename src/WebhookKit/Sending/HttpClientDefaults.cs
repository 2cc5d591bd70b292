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
        _version = client.DefaultRequestVersion;
        _versionPolicy = client.DefaultVersionPolicy;
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
