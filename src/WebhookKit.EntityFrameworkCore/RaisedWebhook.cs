using System.ComponentModel.DataAnnotations.Schema;
using Microsoft.EntityFrameworkCore;

namespace WebhookKit;

/// <summary>An event that has been raised and waits for <c>SaveChanges</c>.</summary>
[NotMapped]
public sealed class RaisedWebhook
{
    private static long _last;

    private readonly Func<IWebhookEventFactory, PublishOptions?, WebhookEvent> _make;
    private WebhookEvent? _made;

    internal RaisedWebhook(string? eventType, object? data, PublishOptions? options, Func<IWebhookEventFactory, PublishOptions?, WebhookEvent> make)
    {
        if (options?.Transaction is not null)
        {
            throw new WebhookValidationException(
                [new WebhookFieldError(nameof(PublishOptions.Transaction), "A raised event is stored in the transaction of its DbContext. Leave this out.")]);
        }

        EventType = eventType;
        Data = data;
        Options = options;
        _make = make;
    }

    /// <summary>The event type; <see langword="null"/> where the data's CLR type says it.</summary>
    public string? EventType { get; }

    /// <summary>What it was raised with: the data, ready JSON as <see cref="ReadOnlyMemory{T}"/> of bytes, or the <see cref="WebhookEvent"/>.</summary>
    public object? Data { get; }

    /// <summary>What else was said of it.</summary>
    public PublishOptions? Options { get; }

    /// <summary>Events are stored in the order in which they were raised, whichever entity raised them.</summary>
    internal long Number { get; } = Interlocked.Increment(ref _last);

    /// <summary>The collection that it waits in.</summary>
    internal RaisedWebhookCollection? Owner { get; set; }

    /// <summary>The transaction that was current when it was raised, while that lasts.</summary>
    internal Guid? RaisedIn { get; set; }

    /// <summary>
    /// The tracking (see <c>PendingWebhooks</c>) whose changes it was saved with. If those are rolled back it must not be stored with other changes,
    /// but it may when its entity is tracked anew.
    /// </summary>
    internal object? SpentFor { get; set; }

    /// <summary>What was to become of the entity's row when it was last about to be saved: if that is to be done again, so is this.</summary>
    internal EntityState SavedAs { get; set; }

    /// <summary>Stored and committed: it leaves its collection.</summary>
    internal bool IsDone { get; set; }

    /// <summary>The event: the same each time, so that storing it twice stores it once.</summary>
    internal WebhookEvent Make(IWebhookEventFactory factory) => _made ??= _make(factory, Options);

    /// <summary>What is stored now, which may have more data than what was made when it was raised.</summary>
    internal Func<IWebhookEventFactory, WebhookEvent, WebhookEvent>? Complete { get; init; }
}
