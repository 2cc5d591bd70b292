using System.Diagnostics;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Publishing;

/// <summary>Events that are made now and published later.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class WebhookEventFactoryTests
{
    [Test]
    public async Task Create_PublishedTwice_IsStoredOnce()
    {
        await using var harness = await StartAsync();
        var made = Factory(harness).Create("order.paid", new { id = 1 }, new PublishOptions { TenantId = "t", OrderingKey = "k" });
        await harness.AdvanceAsync(TimeSpan.FromHours(1));

        var receipt = await harness.Publisher.PublishAsync(made);
        var again = await harness.Publisher.PublishAsync(made);

        Assert.That((receipt.EventId, receipt.IsDuplicate, again.IsDuplicate), Is.EqualTo((made.Id, false, true)));
        var stored = await harness.Deliveries.GetEventAsync("t", made.Id);
        Assert.That((stored!.OccurredAt, stored.OrderingKey), Is.EqualTo((ManualTimeProvider.DefaultStart, "k")));
    }

    [Test]
    public async Task Create_EveryForm_SaysTheSame()
    {
        await using var harness = await StartAsync();
        var factory = Factory(harness);
        var json = (JsonTypeInfo<Paid>)JsonSerializerOptions.Web.GetTypeInfo(typeof(Paid));
        WebhookEvent[] made =
        [
            factory.Create("order.paid", new Paid(1)),
            factory.Create("order.paid", new Paid(1), json),
            factory.Create(new Paid(1)),
            factory.Create(new WebhookEvent { Type = "order.paid", Data = """{"id":1}"""u8.ToArray() }),
            factory.CreateJson("order.paid", """{"id":1}"""u8.ToArray()),
        ];

        Assert.That(made.Select(e => e.Id), Is.Unique.And.All.StartsWith("msg_"));
        Assert.That(made.Select(e => (e.Type, Encoding.UTF8.GetString(e.Data.Span), e.OccurredAt)), Is.All.EqualTo(("order.paid", """{"id":1}""", ManualTimeProvider.DefaultStart)));
    }

    [Test]
    public async Task Create_Refused_Throws()
    {
        await using var harness = await StartAsync();
        var factory = Factory(harness);
        Assert.That(() => factory.Create("order.piad", 1), Throws.InstanceOf<WebhookValidationException>());
        Assert.That(() => factory.Create("order.paid", 1, new PublishOptions { EventId = "" }), Throws.InstanceOf<WebhookValidationException>());
        Assert.That(() => factory.Create("order.paid", 1, new PublishOptions { TimeToLive = TimeSpan.Zero }), Throws.InstanceOf<WebhookValidationException>());
        Assert.That(() => factory.CreateJson("order.paid", "{"u8.ToArray()), Throws.InstanceOf<WebhookValidationException>());
        Assert.That(() => factory.Create(new Unbound()), Throws.InstanceOf<WebhookValidationException>());
        Assert.That(() => factory.Create((WebhookEvent)null!), Throws.ArgumentNullException);
    }

    [Test]
    public async Task Create_WithinAnActivity_NotesItsTrace()
    {
        await using var harness = await StartAsync();
        using var activity = new Activity("order").SetIdFormat(ActivityIdFormat.W3C).Start();
        Assert.That(Factory(harness).Create("order.paid", 1).TraceParent, Is.EqualTo(activity.Id));
    }

    [Test]
    public async Task IsPublishingSuppressed_InTheScope_IsTrue()
    {
        await using var harness = await StartAsync();
        using (harness.Publisher.SuppressPublishing()) Assert.That(Factory(harness).IsPublishingSuppressed, Is.True);
        Assert.That(Factory(harness).IsPublishingSuppressed, Is.False);
    }

    private static IWebhookEventFactory Factory(WebhookTestHarness harness) => harness.Services.GetRequiredService<IWebhookEventFactory>();

    private static Task<WebhookTestHarness> StartAsync() => WebhookTestHarness.StartAsync(webhooks => webhooks.AddEventType<Paid>("order.paid", "Fires when an order is paid."));

    private sealed record Paid(int Id);

    private sealed record Unbound;
}
