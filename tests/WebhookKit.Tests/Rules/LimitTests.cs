using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Dispatching;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Rules;

/// <summary>Concurrency, rate, Retry-After, and bounded memory.</summary>
public sealed class LimitTests
{
    [Test]
    public async Task Concurrency_SlowEndpoint_NeverMoreUnderWayThanAllowed()
    {
        await using var harness = await Engine.StartAsync();
        await harness.SubscribeAsync(s => s with { MaxConcurrency = 3 });
        harness.Receiver.Default.ReplyAfter(TimeSpan.FromSeconds(1), 200);
        var most = 0;
        harness.Receiver.ParkedCountChanged += count => most = Math.Max(most, count);
        for (var i = 0; i < 12; i++) await harness.PublishAsync(i);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(4));
        Assert.Multiple(() =>
        {
            Assert.That(most, Is.EqualTo(3));
            Assert.That(harness.Requests, Has.Count.EqualTo(12));
        });
    }

    [Test]
    public async Task Concurrency_ManySlowEndpoints_NeverMoreUnderWayThanTheNodeMayHave()
    {
        await using var harness = await Engine.StartAsync(options: o => o.MaxConcurrency = 5);
        for (var i = 0; i < 12; i++) await harness.SubscribeAsync();
        harness.Receiver.Default.ReplyAfter(TimeSpan.FromSeconds(1), 200);
        var most = 0;
        harness.Receiver.ParkedCountChanged += count => most = Math.Max(most, count);
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromSeconds(3));
        Assert.Multiple(() =>
        {
            Assert.That(most, Is.EqualTo(5));
            Assert.That(harness.Requests, Has.Count.EqualTo(12));
        });
    }

    [Test]
    public async Task Lanes_NothingToDo_AreDropped()
    {
        await using var harness = await Engine.StartAsync();
        for (var i = 0; i < 5; i++) await harness.SubscribeAsync();
        await harness.PublishAsync();
        await harness.AdvanceAsync(TimeSpan.FromMinutes(1));
        Assert.That(harness.Requests, Has.Count.EqualTo(5));
        Assert.That(harness.Services.GetRequiredService<LaneTable>().All, Is.Empty);
    }

    [Test]
    public async Task Rate_ManyEvents_NoWindowHoldsMore()
    {
        await using var harness = await Engine.StartAsync();
        var per = TimeSpan.FromSeconds(10);
        await harness.SubscribeAsync(s => s with { RateLimit = new RateLimit(5, per) });
        for (var i = 0; i < 22; i++) await harness.PublishAsync(i);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(40));

        var times = harness.Requests.Select(r => r.ReceivedAt).ToArray();
        Assert.Multiple(() =>
        {
            Assert.That(times, Has.Length.EqualTo(22));
            Assert.That(times.Select(t => times.Count(o => o >= t && o < t + per)), Is.All.LessThanOrEqualTo(5));
            Assert.That(times[^1] - times[0], Is.EqualTo(TimeSpan.FromSeconds(40)), "and none is later than it must be");
        });
    }

    [TestCase(429)]
    [TestCase(503)]
    public async Task RetryAfter_WholeLaneWaits(int statusCode)
    {
        await using var harness = await Engine.StartAsync();
        await harness.SubscribeAsync();
        harness.Receiver.Default.Reply(new ScriptedReply(statusCode) { Headers = new Dictionary<string, string> { ["Retry-After"] = "120" } }).Reply(200);
        await harness.PublishAsync(1);
        await harness.DrainAsync();
        await harness.PublishAsync(2);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(119));
        Assert.That(harness.Requests, Has.Count.EqualTo(1), "neither the retry (due after 5 s) nor the new one");

        await harness.AdvanceAsync(TimeSpan.FromSeconds(1));
        Assert.That(harness.Requests, Has.Count.EqualTo(3));
    }

    [Test]
    public async Task RetryAfter_OnAnotherStatus_OnlyThatDeliveryWaits()
    {
        await using var harness = await Engine.StartAsync();
        await harness.SubscribeAsync();
        harness.Receiver.Default.Reply(new ScriptedReply(500) { Headers = new Dictionary<string, string> { ["Retry-After"] = "120" } }).Reply(200);
        await harness.PublishAsync(1);
        await harness.DrainAsync();
        await harness.PublishAsync(2);
        await harness.AdvanceAsync(TimeSpan.FromSeconds(119));
        Assert.That(harness.Requests, Has.Count.EqualTo(2));
    }

    [Test]
    public async Task Backlog_LargerThanTheBuffer_IsDeliveredWhole()
    {
        await using var harness = await Engine.StartAsync(options: o => o.LaneBufferSize = 16);
        await harness.SubscribeAsync();
        for (var i = 0; i < 3000; i++) await harness.PublishAsync(i);
        await harness.DrainAsync();
        Assert.That(harness.Requests.Select(r => r.MessageId()).Distinct().Count(), Is.EqualTo(3000));
        Assert.That(harness.Requests, Has.Count.EqualTo(3000), "each once");
    }

    [Test]
    public async Task Backlog_LargerThanMemory_IsDeliveredWholeWithinIt()
    {
        await using var harness = await Engine.StartAsync(options: o => o.MaxBufferedBytes = 1024 * 1024);
        var budget = harness.Services.GetRequiredService<BufferBudget>();
        long most = 0;
        harness.Receiver.Default.Answer(_ =>
        {
            lock (budget) most = Math.Max(most, budget.Bytes);
            return new HttpResponseMessage(System.Net.HttpStatusCode.OK);
        });
        List<WebhookSubscription> subscriptions = [];
        for (var i = 0; i < 10; i++) subscriptions.Add(await harness.SubscribeAsync(s => s with { Status = SubscriptionStatus.Paused }));
        var text = new string('x', 20_000);
        for (var i = 0; i < 60; i++) await harness.Publisher.PublishAsync("a.b", new { i, text });
        foreach (var subscription in subscriptions) await harness.Subscriptions.EnableAsync(subscription.Id);
        await harness.DrainAsync();
        Assert.Multiple(() =>
        {
            Assert.That(harness.Requests, Has.Count.EqualTo(600), "12 MB");
            Assert.That(most, Is.InRange(20_000, 4 * 1024 * 1024), "a first read does not know how large events are, and each lane gets a few rows");
            Assert.That(budget.Bytes, Is.Zero);
        });
    }

    [Test]
    public async Task HangingEndpoint_ManyEvents_OthersAreNotHeldUp()
    {
        await using var harness = await Engine.StartAsync(options: o => o.MaxConcurrency = 32);
        await harness.SubscribeAsync(s => s with { Url = new Uri("https://hanging.example.com/") });
        await harness.SubscribeAsync(s => s with { Url = new Uri("https://well.example.com/") });
        harness.Receiver.For("https://hanging.example.com/").Hang();
        for (var i = 0; i < 500; i++) await harness.PublishAsync(i);
        await harness.DrainAsync();
        Assert.That(harness.RequestsTo("https://well.example.com/"), Has.Count.EqualTo(500));
    }

    [Test]
    public async Task RateLimit_Changed_WhatHasStartedCounts()
    {
        await using var harness = await Engine.StartAsync();
        var subscription = await harness.SubscribeAsync(s => s with { RateLimit = new RateLimit(10, TimeSpan.FromMinutes(1)) });
        for (var i = 0; i < 40; i++) await harness.PublishAsync(i);
        await harness.DrainAsync();
        await harness.Subscriptions.UpdateAsync(subscription with { RateLimit = new RateLimit(11, TimeSpan.FromMinutes(1)) });
        await harness.DrainAsync();
        Assert.That(harness.Requests, Has.Count.EqualTo(11));
    }

    [Test]
    public async Task HangingEndpoints_EnoughToTakeEveryPlace_OthersAreNotHeldUp()
    {
        await using var harness = await Engine.StartAsync(options: o => o.MaxConcurrency = 64);
        for (var i = 0; i < 16; i++)
        {
            var url = $"https://hanging{i}.example.com/";
            harness.Receiver.For(url).Hang();
            await harness.SubscribeAsync(s => s with { Url = new Uri(url) });
        }

        for (var i = 0; i < 10; i++) await harness.PublishAsync(i);
        await harness.DrainAsync();
        await harness.SubscribeAsync(s => s with { TenantId = "well" });
        for (var i = 0; i < 10; i++) await harness.PublishAsync(i, new PublishOptions { TenantId = "well" });
        await harness.DrainAsync();
        Assert.That(harness.RequestsTo(Engine.Url), Has.Count.EqualTo(10));
    }
}
