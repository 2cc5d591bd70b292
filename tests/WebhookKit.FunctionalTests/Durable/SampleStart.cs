using System.Diagnostics;

namespace WebhookKit.FunctionalTests.Durable;

/// <summary>How the tests start a sample.</summary>
internal static class SampleStart
{
    /// <summary>
    /// Starts it as from a terminal: what runs in the background of a script ignores the interrupt, and so would all that it starts.
    /// </summary>
    public static ProcessStartInfo Of(string program, string[] args) => OperatingSystem.IsLinux()
        ? new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", program, .. args])
        : new ProcessStartInfo("dotnet", [program, .. args]);
}
