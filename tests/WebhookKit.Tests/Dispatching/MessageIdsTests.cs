using System.Security.Cryptography;
using NUnit.Framework;
using WebhookKit.Dispatching;
using static WebhookKit.Tests.Dispatching.TestData;

namespace WebhookKit.Tests.Dispatching;

public sealed class MessageIdsTests
{
    [Test]
    public void OfBatch_Any_IsHalfTheHashOfTheIds()
    {
        WebhookDelivery[] batch = [Pending().Delivery, Pending().Delivery, Pending().Delivery];
        var bytes = Convert.FromHexString(string.Concat(batch.Select(d => d.Id.ToString("N")).Order(StringComparer.Ordinal)));

        Assert.That(MessageIds.OfBatch(batch), Is.EqualTo("batch_" + Convert.ToHexStringLower(SHA256.HashData(bytes)[..16])));
    }

    [Test]
    public void OfBatch_InAnotherOrder_IsTheSame()
    {
        WebhookDelivery[] batch = [Pending().Delivery, Pending().Delivery, Pending().Delivery];

        Assert.That(MessageIds.OfBatch([batch[2], batch[0], batch[1]]), Is.EqualTo(MessageIds.OfBatch(batch)));
    }

    [Test]
    public void OfBatch_OtherDeliveries_IsAnother()
    {
        WebhookDelivery[] batch = [Pending().Delivery, Pending().Delivery];

        Assert.That(MessageIds.OfBatch(batch[..1]), Is.Not.EqualTo(MessageIds.OfBatch(batch)));
    }
}
