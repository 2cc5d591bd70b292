using Microsoft.Extensions.DependencyInjection;

namespace WebhookKit;

/// <summary>An event that was received and proved, as its handler sees it.</summary>
public sealed class ReceivedWebhook
{
    private readonly IServiceScopeFactory _scopes;
    private AsyncServiceScope? _scope;

    internal ReceivedWebhook(WebhookEvent webhookEvent, string receiver, IServiceScopeFactory scopes)
    {
        Event = webhookEvent;
        Receiver = receiver;
        _scopes = scopes;
    }

    /// <summary>
    /// The event. What the sender's dialect does not carry is empty: its type, the time, or its id, for which the message's stands if there is
    /// one (with the event's place in a batch behind it), or what <see cref="WebhookReceiverOptions.FindEventId"/> finds. Its tenant is what
    /// <see cref="WebhookReceiverOptions.ResolveTenant"/> said. The data may be kept: nothing writes to its bytes any more.
    /// </summary>
    public WebhookEvent Event { get; }

    /// <summary>The name of the receiver that took it.</summary>
    public string Receiver { get; }

    /// <summary>The id of the request's message, as far as its signature proves one; that of a batch is not that of its events.</summary>
    public string? MessageId { get; internal init; }

    /// <summary>When the request was signed, to the second, as far as its signature proves it.</summary>
    public DateTimeOffset? SignedAt { get; internal init; }

    /// <summary>The host's services, in a scope of this event's own, which ends when its handler does.</summary>
    public IServiceProvider Services => (_scope ??= _scopes.CreateAsyncScope()).ServiceProvider;

    internal bool IsGone { get; private set; }

    internal bool CanAnswer { get; init; }

    /// <summary>Lets the answer be 410 Gone: the sender is to unsubscribe. The event counts as handled.</summary>
    /// <exception cref="InvalidOperationException">The answer has gone already.</exception>
    public void AnswerGone()
    {
        if (!CanAnswer)
        {
            throw new InvalidOperationException(
                $"The answer has gone before the handler ran. Set {nameof(WebhookReceiverOptions)}.{nameof(WebhookReceiverOptions.Handling)} to "
                + $"{nameof(WebhookHandling.BeforeAnswer)}, or answer by {nameof(WebhookReceiverOptions)}.{nameof(WebhookReceiverOptions.IsGone)}.");
        }

        IsGone = true;
    }

    internal ValueTask EndAsync() => _scope?.DisposeAsync() ?? ValueTask.CompletedTask;
}
