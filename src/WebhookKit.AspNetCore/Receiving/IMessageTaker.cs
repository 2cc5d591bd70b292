namespace WebhookKit.AspNetCore.Receiving;

/// <summary>What becomes of a message that has been proved.</summary>
internal interface IMessageTaker
{
    /// <summary>Takes a message.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">The sender has gone away.</param>
    /// <returns>What to tell the sender.</returns>
    ValueTask<Answer> TakeAsync(ReceivedMessage message, CancellationToken cancellationToken);
}
