using System.Collections.Concurrent;

namespace WebhookKit.FunctionalTests;

/// <summary>Many events, many endpoints, real sockets: nothing lost, nothing twice.</summary>
public sealed class LoadTests
{
    private static readonly WebhookProfile Quick = WebhookProfiles.StandardWebhooks with
    {
        Name = "quick",
        Retry = new RetrySchedule(TimeSpan.FromMilliseconds(50)) { RepeatLast = true },
    };

    [Test]
    public async Task ManyPublishers_FlakyEndpoints_EveryEventArrivesOnceWhereItWasAccepted()
    {
        const int Events = 4000;
        const int Endpoints = 5;
        await using var receiver = await TestReceiver.StartAsync();
        var accepted = new ConcurrentDictionary<(string, string), int>();
        for (var i = 0; i < Endpoints; i++)
        {
            var path = $"/hook{i}";
            var failEvery = i + 3;
            receiver.Answer(path, (context, count) =>
            {
                if (count % failEvery == 0) context.Response.StatusCode = 500;
                else accepted.AddOrUpdate((path, context.Request.Headers["webhook-id"].ToString()), 1, (_, n) => n + 1);
                return Task.CompletedTask;
            });
        }

        await using var host = await TestHost.StartAsync(w => w.AddProfile(Quick), o => o.DefaultProfile = Quick.Name);
        for (var i = 0; i < Endpoints; i++)
            await host.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = receiver.Url($"/hook{i}"), EventTypes = ["*"] });

        await Parallel.ForAsync(0, Events, async (i, token) => await host.Publisher.PublishAsync("a.b", new { i }, cancellationToken: token));
        await DrainAsync(host);
        Assert.Multiple(() =>
        {
            Assert.That(accepted, Has.Count.EqualTo(Events * Endpoints));
            Assert.That(accepted.Values, Is.All.EqualTo(1));
        });
    }

    [Test]
    public async Task HostStopsUnderLoad_AnotherGoesOn_NothingIsLostOrSentTwice()
    {
        await using var receiver = await TestReceiver.StartAsync();
        IWebhookStore? store = null;
        void Share(IWebhooksBuilder webhooks)
        {
            if (store is { } shared) webhooks.UseStore(_ => shared);
        }

        await using (var first = await TestHost.StartAsync(Share))
        {
            store = first.Services.GetRequiredService<IWebhookStore>();
            for (var i = 0; i < 4; i++)
                await first.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = receiver.Url($"/hook{i}"), EventTypes = ["*"], Order = (DeliveryOrder)(i % 3) });
            await first.Publisher.PublishManyAsync("a.b", Enumerable.Range(0, 1500).Select(i => new { i }));
            await receiver.WhenReceivedAsync(200);
            await first.StopAsync();
        }

        var before = receiver.Requests.Count;
        await using var second = await TestHost.StartAsync(Share);
        await second.Deliveries.DrainAsync();
        Assert.Multiple(() =>
        {
            Assert.That(before, Is.LessThan(6000), "the first host stopped with work left");
            Assert.That(receiver.Requests.Select(r => (r.Path, r.Headers["webhook-id"])).Distinct().Count(), Is.EqualTo(6000));
            Assert.That(receiver.Requests, Has.Count.EqualTo(6000));
        });
    }

    [Test]
    public async Task TwoHostsOnOneStore_ShareTheWork_EachDeliveryGoesOnce()
    {
        await using var receiver = await TestReceiver.StartAsync();
        await using var first = await TestHost.StartAsync();
        var store = first.Services.GetRequiredService<IWebhookStore>();
        await using var second = await TestHost.StartAsync(w => w.UseStore(_ => store), o => o.SweepInterval = TimeSpan.FromMilliseconds(200));
        for (var i = 0; i < 20; i++)
            await second.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = receiver.Url($"/hook{i}"), EventTypes = ["*"] });
        await Parallel.ForAsync(0, 200, async (i, token) =>
            await (i % 2 == 0 ? first : second).Publisher.PublishAsync("a.b", new { i }, cancellationToken: token));
        await receiver.WhenReceivedAsync(4000);
        await DrainAsync(first);
        await DrainAsync(second);
        Assert.That(receiver.Requests.Select(r => (r.Path, r.Headers["webhook-id"])), Is.Unique);
    }

    private static async Task DrainAsync(TestHost host)
    {
        // Retries are due a little later: drain until nothing is left.
        while ((await host.Deliveries.ListAsync(new DeliveryQuery { Status = DeliveryStatus.Pending, Limit = 1 })).Items.Count > 0)
            await host.Deliveries.DrainAsync();
    }
}
