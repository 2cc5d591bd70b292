namespace WebhookKit.Dispatching;

/// <summary>The channel of stores that have none: sweeps find everything.</summary>
internal sealed class NoWakeUps : IWakeUpChannel
{
    public bool HasListeners => false;

    public ValueTask WakeAsync(WakeUp wakeUp, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public Task ListenAsync(Action<WakeUp> woken, CancellationToken cancellationToken) =>
        Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
}
