using WebhookKit.Benchmarks.Measuring;
using WebhookKit.Benchmarks.Stores;

namespace WebhookKit.Benchmarks.Reporting;

/// <summary>Runs one part in a process of its own, so that none begins with what another has left in memory.</summary>
internal static class PartRunner
{
    /// <summary>The name of the file that a part leaves its findings in.</summary>
    public const string Results = "results";

    /// <summary>Runs it.</summary>
    /// <returns>What it found; or why there is nothing.</returns>
    public static async Task<(PartResult? Result, string? Fault)> RunAsync(Part part, TimeSpan longest)
    {
        using var folder = new TempFolder();
        var file = folder.PathOf("findings.json");
        await using var process = OwnProcess.StartVisible([.. part.CommandLine, "--" + Results, file]);
        if (!await process.EndsWithinAsync(longest)) return (null, $"it had not ended after {longest.TotalMinutes:0} minutes");

        // A missed target is not a failure.
        return process.ExitCode is 0 or 1 && File.Exists(file) ? (new PartResult(part, Findings.Load(file)), null) : (null, "it failed");
    }
}
