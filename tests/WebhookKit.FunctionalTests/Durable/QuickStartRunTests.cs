using System.Globalization;

namespace WebhookKit.FunctionalTests.Durable;

/// <summary>What the sample does with <c>--store</c> is what a user can do: stop it anyhow, and run it again.</summary>
public sealed class QuickStartRunTests
{
    private static readonly string[] Types = ["campaign.sent", "subscriber.created", "subscriber.updated", "campaign.open", "subscriber.bounced"];

    [Test]
    public async Task Store_KilledHalfWay_NextRunDeliversTheRest()
    {
        using var folder = new TempFolder();
        string[] events = [.. Enumerable.Range(1, 2500).Select(Event)];
        var owed = events.Length * 12 / 5; // good 4 of 5, flaky 2, batch 5, slow 1
        using (var killed = QuickStartProcess.Start("--store", folder.Database, "-"))
        {
            await killed.WriteAsync(events.Take(events.Length / 2));
            await killed.ArrivedAsync(owed / 4);
            await killed.KillAsync();
        }

        var second = await QuickStartProcess.RunAsync(events, "--store", folder.Database, "-");
        Assert.That(second.LastLine, Is.EqualTo("Every event owed had been delivered before, or was received and verified exactly once."), second.Errors);
        Assert.Multiple(() =>
        {
            Assert.That(second.ExitCode, Is.Zero);
            Assert.That(second.Total("owed"), Is.EqualTo(owed));
            Assert.That(second.Total("before") + second.Total("deliveries"), Is.EqualTo(owed));
            Assert.That(second.Total("before"), Is.GreaterThan(0));
        });

        var third = await QuickStartProcess.RunAsync(events, "--store", folder.Database, "-");
        Assert.That(third.LastLine, Is.EqualTo("Nothing was left to do: every event owed had been delivered before."), third.Errors);
        Assert.Multiple(() =>
        {
            Assert.That(third.ExitCode, Is.Zero);
            Assert.That(third.Total("requests"), Is.Zero);
            Assert.That(Directory.GetFiles(folder.PathOf("")), Is.EqualTo(new[] { folder.Database }), "what a process keeps beside the database goes with it");
        });
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "It has no SIGINT for another process.")]
    public async Task Store_InterruptedWhileReading_SaysToRunItAgain()
    {
        using var folder = new TempFolder();
        using var sample = QuickStartProcess.Start("--store", folder.Database, "-");
        await sample.WriteAsync([Event(1)]);
        await sample.ArrivedAsync(1);
        await sample.InterruptAsync();
        var result = await sample.EndAsync();
        Assert.That(result.LastLine, Is.EqualTo("Run it again to deliver the rest."), result.Errors);
        Assert.That(result.ExitCode, Is.EqualTo(1));
    }

    [Test]
    public async Task Store_SameInputAgain_KnowsEveryLine()
    {
        using var folder = new TempFolder();

        // One without an id, and an id twice, of which the second is a bad line in every run.
        string[] events = ["""{"type":"campaign.open","data":{}}""", Event(4), Event(4)];
        var first = await QuickStartProcess.RunAsync(events, "--store", folder.Database, "-");
        var second = await QuickStartProcess.RunAsync(events, "--store", folder.Database, "-");
        Assert.That(first.Output, Does.Contain("events published: 2, published before: 0, bad lines: 1"), first.Errors);
        Assert.That(second.Output, Does.Contain("events published: 0, published before: 2, bad lines: 1"), second.Errors);
        Assert.That((first.ExitCode, second.ExitCode), Is.EqualTo((1, 1)));
    }

    [TestCase(null, "--store needs the path of a database")]
    [TestCase("", "names no file")]
    [TestCase(".", "is a directory")]
    [TestCase("none/webhooks.db", "does not exist")]
    [TestCase("text", "is not a SQLite database: it begins with 'Dear customers, '")]
    public async Task Store_Unusable_IsRefusedInOneLine(string? path, string reason)
    {
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.PathOf("text"), "Dear customers, this is a letter.");
        string[] args = path is null ? ["--store"] : ["--store", path.Length == 0 ? "" : folder.PathOf(path)];
        var result = await QuickStartProcess.RunAsync([Event(1)], args);
        Assert.Multiple(() =>
        {
            Assert.That(result.ExitCode, Is.EqualTo(2));
            Assert.That(result.Output, Is.Empty);
            Assert.That(result.Errors, Does.Contain(reason).And.Match(@"^[^\n]+\n$"));
        });
    }

    private static string Event(int number) => string.Create(
        CultureInfo.InvariantCulture, $$$"""{"id":"evt_{{{number}}}","type":"{{{Types[number % Types.Length]}}}","data":{"number":{{{number}}}}}""");
}
