namespace WebhookKit.Testing;

/// <summary>A fresh, empty store for one case of the contract, and the clock that its leases run on.</summary>
public abstract class StoreFixture : IAsyncDisposable
{
    /// <summary>The store. The case calls <see cref="IWebhookStore.InitializeAsync"/> itself.</summary>
    public abstract IWebhookStore Store { get; }

    /// <summary>
    /// Moves the clock that leases run on forward: afterwards every lease is so much nearer to its end, or past it. No other time in a case
    /// comes from a clock.
    /// </summary>
    /// <param name="time">How far; more than zero.</param>
    /// <returns>When it is moved.</returns>
    public abstract ValueTask AdvanceAsync(TimeSpan time);

    /// <summary>Removes the store when its case has ended, be it by a failure.</summary>
    /// <returns>When it is gone.</returns>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }
}
