namespace WebhookKit.Testing;

/// <summary>Listens to a channel and gathers what it hears, however that was merged or split on the way.</summary>
internal sealed class WakeUpListener : IAsyncDisposable
{
    /// <summary>When a message that has not come will not come any more. Nothing is measured: it only keeps a case from waiting for ever.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _lock = new();
    private readonly IWakeUpChannel _channel;
    private TaskCompletionSource _heard = NewSignal();
    private Task _listening = Task.CompletedTask;

    private WakeUpListener(IWakeUpChannel channel) => _channel = channel;

    /// <summary>The first message; <see langword="null"/> while there is none.</summary>
    public WakeUp? First { get; private set; }

    public HashSet<string> Due { get; } = new(StringComparer.Ordinal);

    public HashSet<string> Reread { get; } = new(StringComparer.Ordinal);

    public bool Changed { get; private set; }

    public int Everythings { get; private set; }

    /// <summary>Whether the channel carries anything. One that is turned off says so while somebody listens.</summary>
    public bool IsOn => _channel.HasListeners;

    public static async Task<WakeUpListener> StartAsync(IWakeUpChannel channel)
    {
        var listener = new WakeUpListener(channel);
        listener._listening = channel.ListenAsync(listener.Woken, listener._stop.Token);
        await listener.UntilAsync(heard => heard.First is not null);
        return listener;
    }

    /// <summary>Waits until it has heard what a condition says, unless the channel is turned off.</summary>
    public async Task UntilAsync(Func<WakeUpListener, bool> condition)
    {
        while (IsOn || _listening.IsCompleted)
        {
            Task heard;
            lock (_lock)
            {
                if (condition(this)) return;
                heard = _heard.Task;
            }

            var first = await Task.WhenAny(heard, _listening, Task.Delay(Patience, TimeProvider.System));
            if (first == _listening) await _listening;
            if (first != heard) throw new WebhookAssertionException($"Expected a message that has not come. There was: {Show()}.");
        }
    }

    public string Show()
    {
        lock (_lock) return $"{string.Join(',', Due.Order(StringComparer.Ordinal))} {string.Join(',', Reread.Order(StringComparer.Ordinal))}";
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Expect.ThrowsAsync<OperationCanceledException>(() => _listening, "listening that was canceled");
        _stop.Dispose();
    }

    private void Woken(WakeUp wakeUp)
    {
        TaskCompletionSource heard;
        lock (_lock)
        {
            First ??= wakeUp;
            Due.UnionWith(wakeUp.SubscriptionIds);
            Reread.UnionWith(wakeUp.RereadIds);
            Changed |= wakeUp.SubscriptionsChanged;
            Everythings += wakeUp.IsEverything ? 1 : 0;
            (heard, _heard) = (_heard, NewSignal());
        }

        heard.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
