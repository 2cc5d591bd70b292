using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using WebhookKit.Publishing;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>Finds the handler of an event and runs it.</summary>
internal sealed class HandlerTable
{
    private readonly EventTaker[] _handlers;
    private readonly IServiceScopeFactory _scopes;
    private readonly string _receiver;

    public HandlerTable(IReadOnlyList<EventTaker> handlers, string receiver, JsonSerializerOptions json, IServiceScopeFactory scopes)
    {
        _handlers = [.. handlers];
        _receiver = receiver;
        _scopes = scopes;
        var options = DefaultJson.WithResolver(json);
        foreach (var handler in _handlers) handler.Prepare(options);
    }

    /// <summary>Runs the first handler that takes the event's type; without one, the event is of no concern here.</summary>
    /// <returns>Whether the sender is to unsubscribe.</returns>
    public async ValueTask<bool> HandleAsync(WebhookEvent webhookEvent, string? messageId, DateTimeOffset? signedAt, bool canAnswer, CancellationToken cancellationToken)
    {
        if (Find(webhookEvent.Type) is not { } handler) return false;
        var received = new ReceivedWebhook(webhookEvent, _receiver, _scopes) { MessageId = messageId, SignedAt = signedAt, CanAnswer = canAnswer };
        try
        {
            await handler.HandleAsync(received, cancellationToken);
        }
        finally
        {
            await received.EndAsync();
        }

        return received.IsGone;
    }

    private EventTaker? Find(string type)
    {
        foreach (var handler in _handlers)
        {
            if (handler.Takes(type)) return handler;
        }

        return null;
    }
}
