namespace WebhookKit;

/// <summary>What a format makes of events: everything of a request but the proof.</summary>
public sealed record WebhookContent
{
    /// <summary>The method. Default: POST.</summary>
    public HttpMethod Method { get; init; } = HttpMethod.Post;

    /// <summary>Where it goes: the subscription's URL, or one made from it.</summary>
    public required Uri Uri { get; init; }

    /// <summary>The body's media type; <see langword="null"/> for a request without a body.</summary>
    public string? ContentType { get; init; }

    /// <summary>The body's bytes.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Headers that are part of the dialect; <see langword="null"/> for none.</summary>
    public WebhookHeaders? Headers { get; init; }
}
