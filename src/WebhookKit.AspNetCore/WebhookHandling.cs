namespace WebhookKit;

/// <summary>When a received webhook is handled, and so what a crash or a failing handler means for it.</summary>
public enum WebhookHandling
{
    /// <summary>
    /// The answer goes at once, and the handlers run after, from a bounded queue in memory; when it is full, the answer is 503 with
    /// <c>Retry-After</c>. A crash loses what is in the queue, and what a handler fails with is logged and not tried again. The fastest.
    /// </summary>
    AfterAnswer,

    /// <summary>
    /// The handlers run first. If one fails, the answer is 500, so that the sender sends again. Nothing is lost, but handlers have to be as
    /// quick as the sender is impatient.
    /// </summary>
    BeforeAnswer,

    /// <summary>
    /// The webhook is stored first, then answered; the handlers run after, by the engine, which tries again when one fails. Nothing is lost, and
    /// duplicates are known across restarts and nodes. It needs <see cref="WebhookInboxExtensions.AddInbox"/>.
    /// </summary>
    FromStore,
}
