using System.Diagnostics.CodeAnalysis;

namespace WebhookKit;

/// <summary>The events of a received request, or what is wrong with its body.</summary>
public readonly record struct WebhookReading
{
    private WebhookReading(IReadOnlyList<WebhookEvent>? events, string? fault)
    {
        Events = events;
        Fault = fault;
    }

    /// <summary>
    /// The events, in the order sent; <see langword="null"/> when the body cannot be read. What a dialect does not carry is empty: an
    /// event's id or type, or the time. Their data are slices of the body, byte for byte.
    /// </summary>
    public IReadOnlyList<WebhookEvent>? Events { get; }

    /// <summary>What is wrong, in words, without text that the sender wrote; <see langword="null"/> when the body was read.</summary>
    public string? Fault { get; }

    /// <summary>Whether the body was read.</summary>
    [MemberNotNullWhen(true, nameof(Events))]
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool IsReadable => Events is not null;

    /// <summary>Makes the result for a body that was read.</summary>
    /// <param name="events">Its events.</param>
    /// <returns>The result.</returns>
    public static WebhookReading Of(params IReadOnlyList<WebhookEvent> events) => new(events, null);

    /// <summary>Makes the result for a body that cannot be read.</summary>
    /// <param name="fault">What is wrong, in words, without text that the sender wrote.</param>
    /// <returns>The result.</returns>
    public static WebhookReading Malformed(string fault) => new(null, fault);
}
