using System.Text.RegularExpressions;

namespace WebhookKit.Simulation.Running;

/// <summary>What came of a run.</summary>
/// <param name="Seed">What it was drawn from.</param>
/// <param name="Fault">The rule that was broken; null for none.</param>
/// <param name="Digest">Stands for all that happened.</param>
/// <param name="Requests">How many requests were sent.</param>
/// <param name="Lasted">How long it lasted in its own time.</param>
/// <param name="Trace">What happened, if it was to be kept.</param>
internal sealed partial record RunResult(int Seed, string? Fault, long Digest, int Requests, TimeSpan Lasted, IReadOnlyList<string> Trace)
{
    private const int MostLines = 80;

    /// <summary>The end of the trace, as far as it says something of what the fault names.</summary>
    public string Story
    {
        get
        {
            var subjects = Subject().Matches(Fault ?? "").Select(m => m.Value).Distinct().ToArray();
            var told = Trace.Where(l => !Subject().IsMatch(l) || subjects.All(s => Regex.IsMatch(l, $@"\b{s}\b"))).TakeLast(MostLines);
            return string.Join('\n', told.Append($"seed {Seed}: {Fault}"));
        }
    }

    [GeneratedRegex(@"\b(event|sub)\d+\b")]
    private static partial Regex Subject();
}
