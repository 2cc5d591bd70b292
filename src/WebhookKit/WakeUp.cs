using WebhookKit.Storage;

namespace WebhookKit;

/// <summary>A message from one node to the others: where there is something to do. <see cref="IWakeUpChannel"/> carries it.</summary>
public sealed record WakeUp
{
    /// <summary>Anything may have happened: every node looks at everything once.</summary>
    public static WakeUp Everything { get; } = new() { IsEverything = true };

    /// <summary>Whether it stands for all that could be said. The other members then mean nothing.</summary>
    public bool IsEverything { get; init; }

    /// <summary>Whether subscriptions have been added, changed or deleted, so that every node reads what has changed.</summary>
    public bool SubscriptionsChanged { get; init; }

    /// <summary>The ids of subscriptions that have deliveries due. Default: none. Up to about five hundred.</summary>
    public IReadOnlyCollection<string> SubscriptionIds { get; init; } = [];

    /// <summary>
    /// The ids of subscriptions of which pending deliveries were changed by hand (canceled, say): whoever runs their lanes must not go by what
    /// it has in memory. Default: none.
    /// </summary>
    public IReadOnlyCollection<string> RereadIds { get; init; } = [];

    /// <summary>Writes it as texts of printable ASCII without quotes, for a channel that carries texts. Each is a message by itself.</summary>
    /// <param name="maxLength">The longest that one text may be, in characters. 100 or more.</param>
    /// <returns>The texts; none when there is nothing to say.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="maxLength"/> is below 100.</exception>
    public IReadOnlyList<string> ToTexts(int maxLength) => WakeUpText.Write(this, maxLength);

    /// <summary>Reads a text that <see cref="ToTexts"/> has written.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The message; <see cref="Everything"/> for a text that cannot be read: a newer node may have sent it.</returns>
    public static WakeUp Parse(string? text) => WakeUpText.Read(text);
}
