using System.Text;

namespace WebhookKit.Testing;

/// <summary>A request that reached a <see cref="ScriptedReceiver"/>.</summary>
public sealed class ReceivedRequest
{
    internal ReceivedRequest(int number, HttpRequestMessage request, byte[] body, DateTimeOffset receivedAt)
    {
        Number = number;
        Method = request.Method;
        Uri = request.RequestUri!;
        Headers = CopyHeaders(request);
        Body = body;
        ReceivedAt = receivedAt;
    }

    /// <summary>Which request of the receiver this was, from 1, in order of arrival.</summary>
    public int Number { get; }

    /// <summary>The method.</summary>
    public HttpMethod Method { get; }

    /// <summary>The whole URI, query included.</summary>
    public Uri Uri { get; }

    /// <summary>The headers, those of the content included; found whatever their case. Several values of one name are joined by <c>", "</c>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>The exact bytes of the body; none when there was no body.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The body read as UTF-8.</summary>
    public string BodyText => Encoding.UTF8.GetString(Body.Span);

    /// <summary>When it arrived, on the receiver's clock.</summary>
    public DateTimeOffset ReceivedAt { get; }

    /// <summary>The status it was answered with; <see langword="null"/> while it waits, and when it was dropped or canceled.</summary>
    public int? StatusCode { get; internal set; }

    /// <summary>Names the request on one line.</summary>
    /// <returns>Number, method, URI, time and status.</returns>
    public override string ToString() => $"#{Number} {Method} {Uri} at {ReceivedAt:O}: {StatusCode?.ToString() ?? "no answer"}";

    private static Dictionary<string, string> CopyHeaders(HttpRequestMessage request)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in request.Headers.NonValidated) headers[name] = string.Join(", ", values);
        if (request.Content is { } content)
        {
            foreach (var (name, values) in content.Headers.NonValidated) headers[name] = string.Join(", ", values);
        }

        return headers;
    }
}
