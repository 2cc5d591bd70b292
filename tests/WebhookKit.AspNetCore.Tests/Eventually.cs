namespace WebhookKit.AspNetCore.Tests;

/// <summary>Waits for what comes about by itself, but not for ever.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<T> BecomesAsync<T>(Func<Task<T>> look, Func<T, bool> isThere)
    {
        using var end = new CancellationTokenSource(Patience);
        while (true)
        {
            var seen = await look();
            if (isThere(seen)) return seen;
            if (end.IsCancellationRequested) Assert.Fail($"It stayed at '{seen}' for {Patience}.");
            await Task.Yield();
        }
    }
}
