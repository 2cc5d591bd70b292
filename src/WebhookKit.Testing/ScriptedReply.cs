using System.Text;

namespace WebhookKit.Testing;

/// <summary>An answer that a <see cref="ScriptedReceiver"/> gives.</summary>
public sealed record ScriptedReply
{
    /// <summary>Makes an answer without body or headers, given at once.</summary>
    /// <param name="statusCode">The HTTP status, 100 to 999.</param>
    public ScriptedReply(int statusCode)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(statusCode, 100);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(statusCode, 999);
        StatusCode = statusCode;
    }

    /// <summary>The HTTP status.</summary>
    public int StatusCode { get; }

    /// <summary>The body, sent as UTF-8. Default: empty.</summary>
    public string Body { get; init; } = "";

    /// <summary>The headers, such as <c>["Retry-After"] = "120"</c>. Sent as they are, unchecked.</summary>
    public IDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>How long the answer takes on the receiver's clock. Default: no time.</summary>
    public TimeSpan Delay { get; init; }

    internal HttpResponseMessage ToResponse(HttpRequestMessage request)
    {
        var response = new HttpResponseMessage((System.Net.HttpStatusCode)StatusCode)
        {
            RequestMessage = request,
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Body)),
        };
        foreach (var (name, value) in Headers)
        {
            if (!response.Headers.TryAddWithoutValidation(name, value))
                response.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }
}
