using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using WebhookKit.AspNetCore.Tests.Scale;
using WebhookKit.Testing;

namespace WebhookKit.Portal.Tests;

/// <summary>How long one waits for the first view of many. It prints the times, since those of a busy machine say nothing.</summary>
internal sealed class ScaleTests
{
    [Test]
    [Explicit("It makes a million deliveries, and its result is for people to read.")]
    public async Task FirstViews_TenThousandWebhooksAndAMillionDeliveries_AreTimed()
    {
        using var file = await LargeFile.CreateAsync(1_000_000);
        await using var host = await PortalHost.StartAsync(
            portal => portal.Api.ResolveTenant = _ => new(LargeFile.Tenant),
            webhooks =>
            {
                webhooks.UseSqlite(file.ConnectionString);
                webhooks.Services.AddSingleton<TimeProvider>(new ManualTimeProvider());
                webhooks.Services.Configure<WebhookOptions>(o => o.Dispatch = false);
            });
        await using var visit = await Visit.StartAsync(host);
        await visit.Page.Clock.SetFixedTimeAsync(ManualTimeProvider.DefaultStart.UtcDateTime);
        foreach (var (route, rows) in new[] { ("webhooks", ".webhook-row"), ("webhooks?search=99", ".webhook-row"), ("deliveries", ".delivery-row"), ("deliveries?status=exhausted", ".delivery-row"), ($"webhooks/{LargeFile.WebhookId(7)}", ".tiles"), ("statistics", ".plot canvas") })
        {
            for (var run = 1; run <= 3; run++)
            {
                var watch = Stopwatch.StartNew();
                await visit.OpenAsync(route);
                await visit.Page.Locator(rows).First.WaitForAsync();
                TestContext.Out.WriteLine($"{route}, load {run}: {watch.ElapsedMilliseconds} ms");
            }
        }
    }
}
