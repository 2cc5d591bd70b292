using System.Text;

namespace WebhookKit.Tests.Formats;

/// <summary>Makes what formats see, and shows what they made.</summary>
internal static class FormatSample
{
    /// <summary>2017-05-23T17:50:03.344522Z, with a digit more than stores keep.</summary>
    public static readonly DateTimeOffset At = DateTimeOffset.FromUnixTimeSeconds(1_495_551_003).AddTicks(3_445_227);

    /// <summary>What a parser and a writer would not give back as it was: large and exact numbers, escapes, order, white space, a name twice.</summary>
    public const string Delicate =
        "{ \"MessageID\":19421777835146490 ,\t\"z\":9007199254740993,\n \"price\":0.10,\"big\":1e5,\"neg\":-0.0,\"long\":123456789012345678901234567890.10,"
        + "\"esc\":\"\\u00e9\\/\\u003c<é😀\",\"a\":{ \"b\" : [ 1 , 2.50 ] },\"a2\":1,\"a2\":2 }";

    public static WebhookEvent Event(string data, string type = "subscriber.created") =>
        new() { Id = "evt_1", Type = type, OccurredAt = At, Data = Encoding.UTF8.GetBytes(data) };

    public static WebhookSubscription Subscription(params (string Name, string Value)[] settings) => new()
    {
        Id = "2",
        TenantId = "334443",
        Url = new Uri("https://example.com/hooks?a=b"),
        Settings = settings.ToDictionary(s => s.Name, s => s.Value),
    };

    public static WebhookContent Format(WebhookProfile profile, WebhookSubscription subscription, bool isBatch, params WebhookEvent[] events) =>
        profile.Format.Format(new FormatContext
        {
            MessageId = isBatch ? "batch_1" : events[0].Id,
            Events = events,
            IsBatch = isBatch,
            AttemptNumber = 1,
            Subscription = subscription,
        });

    public static WebhookContent Single(WebhookProfile profile, WebhookEvent webhookEvent, params (string Name, string Value)[] settings) =>
        Format(profile, Subscription(settings), false, webhookEvent);

    public static WebhookContent Batch(WebhookProfile profile, params WebhookEvent[] events) => Format(profile, Subscription(), true, events);

    public static string Text(this WebhookContent content) => Encoding.UTF8.GetString(content.Body.Span);

    public static string Text(this ReadOnlyMemory<byte> data) => Encoding.UTF8.GetString(data.Span);

    /// <summary>Reads what a format wrote, as a receiver of that profile does after the signature has proved the message id.</summary>
    public static WebhookReading Read(WebhookProfile profile, WebhookContent content, string? messageId = null)
    {
        List<KeyValuePair<string, string>> headers = [.. content.Headers ?? []];
        if (content.ContentType is not null) headers.Add(new("content-type", content.ContentType));
        return ((IWebhookReader)profile.Format).Read(Received(content.Body, headers) with { MessageId = messageId });
    }

    public static WebhookReading Read(WebhookProfile profile, ReadOnlyMemory<byte> body, params KeyValuePair<string, string>[] headers) =>
        ((IWebhookReader)profile.Format).Read(Received(body, headers));

    private static VerificationContext Received(ReadOnlyMemory<byte> body, IReadOnlyCollection<KeyValuePair<string, string>> headers) =>
        new() { Headers = headers, Body = body, Secrets = [], Now = At, Tolerance = default };
}
