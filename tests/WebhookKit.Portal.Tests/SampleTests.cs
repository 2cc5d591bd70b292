using System.Diagnostics;
using System.Net;
using System.Text.Json;

namespace WebhookKit.Portal.Tests;

/// <summary>samples/Portal, started as a user starts it.</summary>
internal sealed class SampleTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly string Program = Path.Combine(Repository.Root, "samples", "Portal", "bin", Repository.Configuration, "net10.0", "Portal.dll");

    [TestCase]
    [TestCase("--store")]
    [Platform(Exclude = "Win", Reason = "It has no SIGINT for another process.")]
    public async Task Run_WithTraffic_DeliversAndShowsIt(params string[] arguments)
    {
        using var folder = new TempFolder();
        if (arguments is ["--store"]) arguments = ["--store", folder.PathOf("webhooks.db")];
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", Program, "--urls", "http://127.0.0.1:0", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var sample = Process.Start(start)!;
        try
        {
            var line = await sample.StandardOutput.ReadLineAsync().WaitAsync(Patience) ?? await sample.StandardError.ReadToEndAsync();
            Assert.That(line, Does.StartWith("Open http://127.0.0.1:"));
            using var client = new HttpClient { BaseAddress = new Uri(line.Split(' ')[1]) };
            Assert.That(await client.GetStringAsync("/"), Does.Contain("Start the traffic"));
            using (var started = await client.PostAsync("/traffic", null)) Assert.That(await started.Content.ReadAsStringAsync(), Does.Contain("Stop the traffic"));

            foreach (var list in new[] { "newsletter", "shop" }) Assert.That(await client.GetStringAsync($"/{list}/webhooks"), Does.Contain("Webhooks of the shop"));
            using (var unknown = await client.GetAsync("/nobodys/webhooks/api/")) Assert.That(unknown.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));

            // Until it can be seen that some were delivered and some were not.
            using var patience = new CancellationTokenSource(Patience);
            for (var health = await SumAsync(client, "newsletter"); health.Delivered < 5 || health.Failed < 1; health = await SumAsync(client, "newsletter"))
                await Task.Delay(250, patience.Token);

            // One of the webhooks goes to the inspector, which knows its secret.
            while (!(await client.GetStringAsync("/inspect/api/sample/requests")).Contains("\"status\":\"valid\"", StringComparison.Ordinal)) await Task.Delay(250, patience.Token);
            Assert.That(await client.GetStringAsync("/"), Does.Contain("href=\"/inspect/#bin=sample\""));

            using var interrupt = Process.Start("kill", ["-INT", $"{sample.Id}"]);
            await interrupt.WaitForExitAsync().WaitAsync(Patience);
            await sample.WaitForExitAsync().WaitAsync(Patience);
            Assert.That((sample.ExitCode, await sample.StandardError.ReadToEndAsync()), Is.EqualTo((0, "")));
        }
        finally
        {
            if (!sample.HasExited) sample.Kill();
            await sample.WaitForExitAsync();
        }
    }

    private static async Task<(int Delivered, int Failed)> SumAsync(HttpClient client, string list)
    {
        var answer = JsonElement.Parse(await client.GetStringAsync($"/{list}/webhooks/api/?cursor=&include=health"));
        var health = answer.GetProperty("data").EnumerateArray().Select(w => w.GetProperty("health")).ToList();
        Assert.That(health, Is.Not.Empty);
        return (health.Sum(h => h.GetProperty("delivered").GetInt32()), health.Sum(h => h.GetProperty("failed").GetInt32()));
    }
}
