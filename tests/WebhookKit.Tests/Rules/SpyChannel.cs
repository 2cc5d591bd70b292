using System.Collections.Concurrent;
using WebhookKit.Storage.InMemory;

namespace WebhookKit.Tests.Rules;

/// <summary>The in-memory channel, which keeps what is sent over it, and which a test can make fail, lose messages or break.</summary>
internal sealed class SpyChannel : IWakeUpChannel
{
    private readonly InMemoryWebhookStore _inner = new(new InMemoryStoreOptions(), TimeProvider.System);
    private TaskCompletionSource _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ConcurrentQueue<WakeUp> Sent { get; } = new();

    /// <summary>Called before a message is sent; may throw.</summary>
    public Func<WakeUp, Task> Before { get; set; } = _ => Task.CompletedTask;

    /// <summary>Whether what is sent arrives nowhere.</summary>
    public bool Loses { get; set; }

    public bool HasListeners => _inner.HasListeners;

    /// <summary>How often somebody has begun to listen.</summary>
    public int Listenings { get; private set; }

    public async ValueTask WakeAsync(WakeUp wakeUp, CancellationToken cancellationToken)
    {
        await Before(wakeUp).WaitAsync(cancellationToken);
        Sent.Enqueue(wakeUp);
        if (!Loses) await _inner.WakeAsync(wakeUp, cancellationToken);
    }

    public async Task ListenAsync(Action<WakeUp> woken, CancellationToken cancellationToken)
    {
        Listenings++;
        var broken = _broken.Task;
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var listening = _inner.ListenAsync(woken, end.Token);
        await Task.WhenAny(listening, broken);
        await end.CancelAsync();
        await Task.WhenAny(listening);
        if (broken.IsCompleted) await broken;
        await listening;
    }

    /// <summary>Ends all listening: by an exception, or (against the contract) without one.</summary>
    public void Break(Exception? cause)
    {
        var broken = _broken;
        _broken = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (cause is null) broken.SetResult();
        else broken.SetException(cause);
    }
}
