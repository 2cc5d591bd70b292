using System.Diagnostics;
using System.Runtime;

namespace WebhookKit.Benchmarks.Measuring;

/// <summary>
/// Rounds that count, after others that do not. The runtime compiles what is called often once more, and better, many rounds later: until it has, a
/// round costs up to three times as much. So the first ones go on until hardly anything has been compiled in the last few of them.
/// </summary>
/// <param name="WarmUps">How many did not count.</param>
/// <param name="Compiled">How many methods have been compiled in those that did.</param>
internal sealed record Rounds(int WarmUps, long Compiled)
{
    /// <summary>Of the ten thousand and more of a program; there are always some that are called seldom.</summary>
    private const int FewMethods = 25;

    /// <summary>One round alone may be quiet because the compiler had to wait for the processor.</summary>
    private const int QuietRounds = 4;

    /// <summary>Runs all of them.</summary>
    /// <param name="settings">As for <see cref="WarmUpAsync"/>.</param>
    /// <param name="count">How many count.</param>
    /// <param name="roundAsync">A round; told its number, below zero where it does not count.</param>
    public static async Task<Rounds> RunAsync(Settings settings, int count, Func<int, Task> roundAsync)
    {
        var warmUps = await WarmUpAsync(settings, roundAsync);
        var compiled = JitInfo.GetCompiledMethodCount();
        for (var round = 0; round < count; round++) await roundAsync(round);
        return new Rounds(warmUps, JitInfo.GetCompiledMethodCount() - compiled);
    }

    /// <summary>Runs those that do not count.</summary>
    /// <param name="settings">With <c>--warm-ups</c>, the fewest, and <c>--warm-up-seconds</c>, after which no more are begun.</param>
    /// <param name="roundAsync">A round; told its number.</param>
    /// <returns>How many there were.</returns>
    public static async Task<int> WarmUpAsync(Settings settings, Func<int, Task> roundAsync)
    {
        var (fewest, most) = (settings.Get("warm-ups", 5), TimeSpan.FromSeconds(settings.Get("warm-up-seconds", 60)));
        var (rounds, quiet) = (0, 0);
        var began = Stopwatch.GetTimestamp();
        var compiled = JitInfo.GetCompiledMethodCount();
        while (rounds < fewest || (quiet < QuietRounds && Stopwatch.GetElapsedTime(began) < most))
        {
            await roundAsync(-++rounds);
            var now = JitInfo.GetCompiledMethodCount();
            quiet = now - compiled <= FewMethods ? quiet + 1 : 0;
            compiled = now;
        }

        return rounds;
    }

    /// <summary>Says how warm it was.</summary>
    public void AddTo(Report report)
    {
        report.Add("rounds of warm-up", Spread.Of([WarmUps]), "0");
        report.Add("methods compiled in the rounds that count", Spread.Of([Compiled]), "0");
    }
}
