using System.Globalization;

namespace WebhookKit.FunctionalTests.Durable;

/// <summary>
/// Kills a process that publishes and delivers, at random moments, and looks at what arrives. WEBHOOKKIT_KILLS says how often (50), and
/// WEBHOOKKIT_SEED where from.
/// </summary>
public sealed class KillingTests
{
    private static readonly string[] Lanes = ["free", "batch", "strict", "keyed"];
    private static readonly int Kills = Number("WEBHOOKKIT_KILLS", 50);

    [Test]
    public async Task Kill_AtRandomMoments_LosesNothingAndRepeatsOnlyWhatWasUnderWay()
    {
        var seed = Number("WEBHOOKKIT_SEED", Environment.TickCount);
        var random = new Random(seed);
        var ledger = new Ledger(seed);
        using var folder = new TempFolder();
        await using var receiver = await TestReceiver.StartAsync();
        receiver.OnRequest = ledger.Receive;
        for (var run = 1; run <= Kills; run++)
        {
            await using var node = CrashNodeProcess.Start("publish", folder.Database, receiver.Url("/"), run, ledger);
            await node.WhenWrittenAsync(random.Next(3) == 0 ? 'R' : 'S', random.Next(1, 300));
            await node.KillAsync();
            ledger.NoteKill(run);
        }

        await using (var last = CrashNodeProcess.Start("finish", folder.Database, receiver.Url("/"), Kills + 1, ledger)) await last.WhenWrittenAsync('I', 1);
        ledger.CheckComplete(Lanes);

        TestContext.Out.WriteLine($"seed {seed}: {ledger.Returned} events published");
        foreach (var (run, unsettled, duplicates) in ledger.Kills) TestContext.Out.WriteLine($"kill {run}: {unsettled} deliveries accepted and not settled, {duplicates} of them came again");
        Assert.That(ledger.Faults, Is.Empty, $"seed {seed}");
        Assert.That(ledger.Returned, Is.GreaterThan(Kills), "Too little was published for this to say anything.");
    }

    private static int Number(string variable, int standard) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : standard;
}
