using NUnit.Framework;

namespace WebhookKit.Tests.Rules;

/// <summary>What a node has learnt of a subscription holds, though what it sends was matched before.</summary>
public sealed class ChangeRuleTests
{
    [TestCase("pause")]
    [TestCase("disable")]
    [TestCase("delete")]
    public async Task Change_WhileAPublishIsAnswered_HoldsForTheLaneThatItMakes(string change)
    {
        await using var nodes = new Nodes();
        var node = await nodes.StartAsync();
        await node.Subscriptions.CreateAsync(new NewWebhookSubscription { Id = "s", Url = new Uri("https://example.com/hooks"), EventTypes = ["*"] });
        Task? changing = null;
        nodes.Store.After = method =>
        {
            if (method != nameof(IDeliveryQueue.PublishAsync)) return;
            changing = change switch
            {
                "pause" => node.Subscriptions.PauseAsync("s").AsTask(),
                "disable" => node.Subscriptions.DisableAsync("s").AsTask(),
                _ => node.Subscriptions.DeleteAsync("s").AsTask(),
            };
            Assert.That(changing.IsCompletedSuccessfully, "it is known before the publish goes on");
        };

        Assert.That((await node.Publisher.PublishAsync("order.paid", new { id = 1 })).Deliveries, Is.EqualTo(1));
        await nodes.RestAsync();

        Assert.That(changing, Is.Not.Null);
        Assert.That(node.Receiver.Requests, Is.Empty);
    }
}
