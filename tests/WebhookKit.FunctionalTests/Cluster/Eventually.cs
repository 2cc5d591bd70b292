using System.Diagnostics;

namespace WebhookKit.FunctionalTests.Cluster;

/// <summary>Waits for what only asking can tell.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static Task BecomesTrueAsync(Func<bool> condition, string what) => BecomesTrueAsync(() => Task.FromResult(condition()), what);

    public static async Task BecomesTrueAsync(Func<Task<bool>> condition, string what)
    {
        for (var since = Stopwatch.GetTimestamp(); !await condition();)
        {
            if (Stopwatch.GetElapsedTime(since) > Patience) Assert.Fail($"It never came to be that {what}.");
            await Task.Delay(Pause);
        }
    }
}
