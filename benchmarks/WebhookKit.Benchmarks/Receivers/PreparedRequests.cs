using System.Text;

namespace WebhookKit.Benchmarks.Receivers;

/// <summary>Requests with their signatures, ready to go over the wire, each with an id of its own.</summary>
internal static class PreparedRequests
{
    private static long _next;

    public static byte[][] Make(string path, int count, int dataLength, string secret)
    {
        var signer = WebhookProfiles.StandardWebhooks.Signer!;
        var body = Encoding.UTF8.GetBytes($$$"""{"type":"subscriber.created","timestamp":"2026-03-02T08:00:00.000000Z","data":{"id":"42","email":"ada@example.com","text":"{{{new string('x', dataLength)}}}"}}""");
        WebhookSecret[] secrets = [new WebhookSecret { Value = secret }];
        var requests = new byte[count][];
        for (var i = 0; i < count; i++)
        {
            var headers = new WebhookHeaders();
            signer.Sign(
                new SigningContext
                {
                    MessageId = $"msg_{Interlocked.Increment(ref _next):x32}",
                    Timestamp = DateTimeOffset.UtcNow,
                    AttemptNumber = 1,
                    Method = HttpMethod.Post,
                    Uri = new Uri("http://127.0.0.1/"),
                    ContentType = "application/json",
                    Body = body,
                    Secrets = secrets,
                },
                headers);
            var text = new StringBuilder($"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n");
            foreach (var (name, value) in headers) text.Append($"{name}: {value}\r\n");
            text.Append($"User-Agent: WebhookKit\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
            requests[i] = [.. Encoding.ASCII.GetBytes(text.ToString()), .. body];
        }

        return requests;
    }
}
