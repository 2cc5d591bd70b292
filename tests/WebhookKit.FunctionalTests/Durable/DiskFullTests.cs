namespace WebhookKit.FunctionalTests.Durable;

/// <summary>A file-system of a few megabytes that fills up while a process publishes and delivers.</summary>
public sealed class DiskFullTests
{
    private static readonly string[] Lanes = ["free", "batch", "strict", "keyed"];

    [Test]
    public async Task DiskFull_ThenRoom_LosesNothingAndGoesOn()
    {
        using var disk = SmallDisk.Mount();
        var ledger = new Ledger(seed: 1);
        await using var receiver = await TestReceiver.StartAsync();
        receiver.OnRequest = ledger.Receive;

        await using (var node = CrashNodeProcess.Start("publish", disk.PathOf("webhooks.db"), receiver.Url("/"), 1, ledger, payloadBytes: 4000))
        {
            await node.WhenWrittenAsync('F', 20);
            var returned = ledger.Returned;
            disk.MakeRoom();
            await node.WhenWrittenAsync('R', 50);
            Assert.That(ledger.Returned, Is.GreaterThan(returned));
            await node.KillAsync();
            ledger.NoteKill(1);
        }

        await using (var last = CrashNodeProcess.Start("finish", disk.PathOf("webhooks.db"), receiver.Url("/"), 2, ledger)) await last.WhenWrittenAsync('I', 1);
        ledger.CheckComplete(Lanes);

        Assert.That(ledger.Faults, Is.Empty);
        Assert.That(ledger.Failures, Is.Not.Empty.And.All.Contain("is full. Make room"));
    }

    [Test]
    public async Task Kill_WhileTheDiskIsFull_LosesNothing()
    {
        using var disk = SmallDisk.Mount();
        var ledger = new Ledger(seed: 2);
        await using var receiver = await TestReceiver.StartAsync();
        receiver.OnRequest = ledger.Receive;

        await using (var node = CrashNodeProcess.Start("publish", disk.PathOf("webhooks.db"), receiver.Url("/"), 1, ledger, payloadBytes: 4000))
        {
            await node.WhenWrittenAsync('F', 20);
            await node.KillAsync();
            ledger.NoteKill(1);
        }

        disk.MakeRoom();
        await using (var last = CrashNodeProcess.Start("finish", disk.PathOf("webhooks.db"), receiver.Url("/"), 2, ledger)) await last.WhenWrittenAsync('I', 1);
        ledger.CheckComplete(Lanes);

        Assert.That(ledger.Faults, Is.Empty);
    }
}
