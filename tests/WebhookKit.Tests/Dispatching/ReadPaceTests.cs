using NUnit.Framework;
using WebhookKit.Dispatching;
using static WebhookKit.Tests.Dispatching.TestData;

namespace WebhookKit.Tests.Dispatching;

public sealed class ReadPaceTests
{
    [TestCase(10, 10)]
    [TestCase(16, 16)]
    [TestCase(2000, 16)]
    public void Size_New_IsLittle(int most, int size) => Assert.That(new ReadPace(most).Size, Is.EqualTo(size));

    [TestCase(true, 0, 32)]
    [TestCase(true, 1000, 32)]
    [TestCase(true, 1001, 16)]
    [TestCase(false, 0, 16, Description = "there was no more")]
    public void Started_SoonAfterAFullRead_DoublesIt(bool wasFull, int after, int size)
    {
        var pace = new ReadPace(2000);
        pace.Ended(wasFull, Now);
        pace.Started(Now.AddMilliseconds(after));
        Assert.That(pace.Size, Is.EqualTo(size));
    }

    [TestCase(5000, 64)]
    [TestCase(5001, 32)]
    public void Started_LongAfterTheLastRead_HalvesIt(int after, int size)
    {
        var pace = Grown(64);
        pace.Started(Now.AddMilliseconds(after));
        Assert.That(pace.Size, Is.EqualTo(size));
    }

    [TestCase(2000, 16)]
    [TestCase(10, 10)]
    public void Started_LongAfterAgainAndAgain_StaysAtTheLeast(int most, int least)
    {
        var pace = new ReadPace(most);
        pace.Ended(true, Now);
        for (var i = 1; i < 5; i++) pace.Started(Now.AddMinutes(i));
        Assert.That(pace.Size, Is.EqualTo(least));
    }

    [Test]
    public void Started_AgainAndAgain_StaysAtTheMost() => Assert.That(Grown(2000).Size, Is.EqualTo(2000));

    [Test]
    public void Reset_Grown_BeginsAnewWithTheSameMost()
    {
        var pace = Grown(64);
        pace.Reset();
        Assert.That(pace.Size, Is.EqualTo(16));
        pace.Started(Now);
        Assert.That(pace.Size, Is.EqualTo(16), "what the last read brought is forgotten");

        for (var i = 0; i < 9; i++) Grow(ref pace);
        Assert.That(pace.Size, Is.EqualTo(64));
    }

    private static ReadPace Grown(int most)
    {
        var pace = new ReadPace(most);
        for (var i = 0; i < 9; i++) Grow(ref pace);
        return pace;
    }

    private static void Grow(ref ReadPace pace)
    {
        pace.Ended(wasFull: true, Now);
        pace.Started(Now);
    }
}
