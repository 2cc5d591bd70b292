using NUnit.Framework;
using WebhookKit.Dispatching;

namespace WebhookKit.Tests.Dispatching;

public sealed class ConcurrencyWindowTests
{
    [TestCase(1, 1)]
    [TestCase(4, 4)]
    [TestCase(100, 4)]
    public void Size_New_IsLow(int limit, int size) => Assert.That(new ConcurrencyWindow(limit).Size, Is.EqualTo(size));

    [Test]
    public void Succeeded_AgainAndAgain_GrowsByOneUpToTheLimit()
    {
        var window = new ConcurrencyWindow(6);
        List<int> sizes = [];
        for (var i = 0; i < 4; i++)
        {
            window.Succeeded(6);
            sizes.Add(window.Size);
        }

        Assert.That(sizes, Is.EqualTo(new[] { 5, 6, 6, 6 }));
    }

    [Test]
    public void Failed_AgainAndAgain_HalvesDownToOne()
    {
        var window = new ConcurrencyWindow(5);
        window.Succeeded(5);
        List<int> sizes = [];
        for (var i = 0; i < 4; i++)
        {
            window.Failed();
            sizes.Add(window.Size);
        }

        Assert.That(sizes, Is.EqualTo(new[] { 2, 1, 1, 1 }));
    }

    [TestCase(2, 2)]
    [TestCase(50, 4, Description = "it grows with what succeeds")]
    public void LimitChanged_Any_NeverExceedsIt(int limit, int size)
    {
        var window = new ConcurrencyWindow(100);
        window.LimitChanged(limit);
        Assert.That(window.Size, Is.EqualTo(size));
    }
}
