namespace WebhookKit.FunctionalTests.Durable;

/// <summary>Two processes share one file.</summary>
public sealed class TwoProcessTests
{
    private static readonly string[] Lanes = ["free", "batch", "strict", "keyed"];

    [Test]
    public async Task Kill_TheOneThatPublishes_HandsItsPartitionsToTheOther()
    {
        using var folder = new TempFolder();
        var ledger = new Ledger(seed: 3);
        await using var receiver = await TestReceiver.StartAsync();
        receiver.OnRequest = ledger.Receive;

        await using var other = CrashNodeProcess.Start("deliver", folder.Database, receiver.Url("/"), 1, ledger);
        await using (var first = CrashNodeProcess.Start("publish", folder.Database, receiver.Url("/"), 1, ledger, pause: 20))
        {
            // Their names decide which lanes each of them has: what is published for the other's is found by that.
            await first.WhenWrittenAsync('R', 400);
            ledger.NoteKill(1);
            await first.KillAsync();
        }

        while (!ledger.IsComplete(Lanes)) await other.WhenWrittenAsync('S', 1);
        ledger.CheckComplete(Lanes);
        Assert.That(ledger.Faults, Is.Empty);
    }
}
