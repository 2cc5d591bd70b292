namespace WebhookKit;

/// <summary>
/// Carries messages between the nodes of one store: a node that has stored work for a lane of another one tells it at once. A store that has
/// such a channel implements it beside <see cref="IWebhookStore"/>, or registers it as a service of its own.
/// </summary>
/// <remarks>
/// <para>
/// Nothing depends on it but how soon work is begun: each owner sweeps its partitions and finds everything. So messages may be lost, repeated,
/// merged, split, or come late and in any order, and a node may be sent its own.
/// </para>
/// <para>The engine sends outside every transaction, after a commit, one message at a time and about fifty a second at most.</para>
/// </remarks>
public interface IWakeUpChannel
{
    /// <summary>
    /// Whether anybody may be listening. <see langword="true"/> unless the channel knows better, or is turned off; then nothing is sent. Asked
    /// with every publish to another node's lane, so that it must not take time.
    /// </summary>
    bool HasListeners => true;

    /// <summary>
    /// Sends a message to every node that listens. One that is too long for the channel may be sent in pieces
    /// (<see cref="WakeUp.ToTexts"/>), or as <see cref="WakeUp.Everything"/>.
    /// </summary>
    /// <param name="wakeUp">The message.</param>
    /// <param name="cancellationToken">Gives up, after a few seconds at most.</param>
    /// <returns>When it is on its way; nobody's having received it is waited for.</returns>
    /// <exception cref="WebhookStoreException">It could not be sent. It is logged and forgotten.</exception>
    ValueTask WakeAsync(WakeUp wakeUp, CancellationToken cancellationToken);

    /// <summary>
    /// Listens until it is canceled. When the channel breaks, it throws, and is called again after a delay; one that is turned off waits until
    /// it is canceled.
    /// </summary>
    /// <param name="woken">
    /// Told of each message, one at a time, on any thread; it neither waits nor throws. First of all, once the channel listens, it is told
    /// <see cref="WakeUp.Everything"/>, for messages may have been lost before; what is sent after that arrives. It may be told so again
    /// whenever messages may have been lost.
    /// </param>
    /// <param name="cancellationToken">Ends listening.</param>
    /// <returns>Never but by an exception.</returns>
    /// <exception cref="OperationCanceledException">It was canceled; <paramref name="woken"/> is told nothing any more.</exception>
    /// <exception cref="WebhookStoreException">The channel broke.</exception>
    Task ListenAsync(Action<WakeUp> woken, CancellationToken cancellationToken);
}
