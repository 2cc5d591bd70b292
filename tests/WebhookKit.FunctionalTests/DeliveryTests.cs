namespace WebhookKit.FunctionalTests;

public sealed class DeliveryTests
{
    [Test]
    public async Task PublishAsync_MatchingSubscription_ArrivesSignedAndIsRecorded()
    {
        await using var receiver = await TestReceiver.StartAsync();
        await using var host = await TestHost.StartAsync();
        var subscription = await host.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = receiver.Url("/hook"), EventTypes = ["subscriber.*"] });

        var receipt = await host.Publisher.PublishAsync("subscriber.created", new { email = "ada@example.com" });
        await receiver.WhenReceivedAsync(1);
        await host.Deliveries.DrainAsync();

        var request = receiver.Requests.Single();
        var verified = new WebhookVerifier(WebhookProfiles.StandardWebhooks, [subscription.Secrets[0].Value]).Verify(request.Headers, request.Body);
        var delivery = (await host.Deliveries.ListAsync(new DeliveryQuery { EventId = receipt.EventId })).Items.Single();
        var attempts = await host.Deliveries.GetAttemptsAsync(delivery.Id);
        Assert.Multiple(() =>
        {
            Assert.That(receipt.Deliveries, Is.EqualTo(1));
            Assert.That(verified.IsValid, Is.True, verified.ToString());
            Assert.That(request.Text, Does.Contain("""data":{"email":"ada@example.com"}"""));
            Assert.That(delivery.Status, Is.EqualTo(DeliveryStatus.Succeeded));
            Assert.That(attempts.Single().StatusCode, Is.EqualTo(200));
        });
    }
}
