namespace WebhookKit.Tests.Storage;

/// <summary>The synchronization context of a thread that never gets to what is posted.</summary>
internal sealed class StuckContext : SynchronizationContext
{
    public int Posts { get; private set; }

    public override void Post(SendOrPostCallback d, object? state) => Posts++;

    /// <summary>Calls something in it, as a UI thread would.</summary>
    public T Call<T>(Func<T> call)
    {
        var before = Current;
        SetSynchronizationContext(this);
        try
        {
            var result = call();
            if (Current != this) throw new InvalidOperationException("The caller has lost its context.");
            return result;
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }
}
