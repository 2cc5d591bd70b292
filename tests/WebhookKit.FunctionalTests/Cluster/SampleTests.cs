using WebhookKit.Tests.Postgres;

namespace WebhookKit.FunctionalTests.Cluster;

/// <summary>samples/Cluster, in a few seconds.</summary>
public sealed class SampleTests
{
    [OneTimeSetUp]
    public void RequirePostgres() => PostgresTests.RequireOwn();

    [Test]
    public async Task Run_ForAFewSeconds_ShowsTheTakeoverAndLosesNothing()
    {
        await using var sample = new SampleProcess("--seconds", "3");
        await sample.ReadToAsync();
        var (exitCode, errors) = await sample.EndAsync();

        TestContext.Out.WriteLine(sample.Output);
        Assert.That(exitCode, Is.Zero, errors);
        Assert.Multiple(() =>
        {
            Assert.That(sample.Output, Does.Contain("node-3 is killed (kill -9)").And.Contains("the others own them all").And.Contains("missing: 0, out of order: 0"));
            Assert.That(sample.Output, Does.EndWith("Nothing was lost, and every endpoint got its events in order.\n").And.Not.Contains('\e'));
            Assert.That(sample.FindLeftovers(), Is.Empty);
        });
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "It has no SIGINT for another process.")]
    public async Task Interrupt_HalfWay_LeavesNothingBehind()
    {
        await using var sample = new SampleProcess("--seconds", "600", "--nodes", "2");
        await sample.ReadToAsync("events published, ");
        Assert.That(sample.FindLeftovers(), Has.Count.GreaterThan(5), "What runs cannot be told.");
        Assert.That(sample.ListCommandLines(), Has.None.Contains("Username"), "A connection string, perhaps with a password, can be seen by everybody.");
        await sample.SignalAsync("INT");
        await sample.ReadToAsync();
        var (exitCode, errors) = await sample.EndAsync();

        Assert.That((exitCode, errors), Is.EqualTo((1, "Stopped; everything is cleaned up.\n")));
        Assert.That(sample.FindLeftovers(), Is.Empty);
    }

    [Test]
    [Platform(Exclude = "Win", Reason = "It has no SIGKILL.")]
    public async Task Kill_HalfWay_LeavesNothingBehindEither()
    {
        await using var sample = new SampleProcess("--seconds", "600", "--nodes", "2");
        await sample.ReadToAsync("node-2 owns");
        await sample.SignalAsync("KILL");
        await Eventually.BecomesTrueAsync(() => sample.FindLeftovers().Count == 0, "nothing is left of it");
    }

    [TestCase("--nodes", "1", "--nodes needs a number from 2 to 8. Try --help.")]
    [TestCase("--postgres", "Host=127.0.0.1;Port=1;Username=nobody", "Failed to connect to 127.0.0.1:1")]
    public async Task Run_Unusable_IsRefusedInOneLine(string option, string value, string reason)
    {
        await using var sample = new SampleProcess(option, value);
        await sample.ReadToAsync();
        var (exitCode, errors) = await sample.EndAsync();
        Assert.That(exitCode, Is.EqualTo(2));
        Assert.That(errors, Does.Contain(reason).And.Match(@"^[^\n]+\n$"));
    }
}
