using System.Diagnostics;

namespace WebhookKit.FunctionalTests;

/// <summary>Real sockets: what an endpoint may do to an attempt, and what not.</summary>
public sealed class HostileEndpointTests
{
    private static readonly WebhookProfile Patient = WebhookProfiles.StandardWebhooks with
    {
        Name = "once",
        Timeout = TimeSpan.FromSeconds(30),
        Retry = RetrySchedule.None,
    };

    private static readonly WebhookProfile Impatient = Patient with { Timeout = TimeSpan.FromSeconds(1) };

    [Test]
    public async Task Body_DribblesForEver_EndsAtTheDeadline()
    {
        await using var receiver = await TestReceiver.StartAsync();
        receiver.Answer("/hook", async (context, _) =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
            {
                await context.Response.Body.WriteAsync("x"u8.ToArray());
                await context.Response.Body.FlushAsync();
                await Task.Delay(20);
            }
        });
        var attempt = await AttemptAsync(receiver.Url("/hook"), Impatient);
        Assert.Multiple(() =>
        {
            Assert.That(attempt.Outcome, Is.EqualTo(AttemptOutcome.TimedOut));
            Assert.That(attempt.StatusCode, Is.EqualTo(200), "the answer had begun");
            Assert.That(attempt.Error, Does.Contain("within 1 s"));
        });
    }

    [Test]
    public async Task Body_Endless_IsCutAndTheConnectionDropped()
    {
        await using var receiver = await TestReceiver.StartAsync();
        var dropped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        receiver.Answer("/hook", async (context, _) =>
        {
            var chunk = new byte[8192];
            Array.Fill(chunk, (byte)'x');
            try
            {
                while (true) await context.Response.Body.WriteAsync(chunk, context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                dropped.TrySetResult();
            }
        });
        var attempt = await AttemptAsync(receiver);
        await dropped.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Multiple(() =>
        {
            Assert.That(attempt.Outcome, Is.EqualTo(AttemptOutcome.Succeeded));
            Assert.That(attempt.ResponseBody, Has.Length.EqualTo(16 * 1024));
        });
    }

    [Test]
    public async Task Redirect_IsAFailureAndNotFollowed()
    {
        await using var receiver = await TestReceiver.StartAsync();
        receiver.Answer("/hook", (context, _) =>
        {
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });
        var attempt = await AttemptAsync(receiver);
        Assert.Multiple(() =>
        {
            Assert.That(attempt.Outcome, Is.EqualTo(AttemptOutcome.ErrorStatus));
            Assert.That(receiver.RequestsTo("/elsewhere"), Is.Empty);
        });
    }

    [Test]
    public async Task Nobody_Listens_IsAConnectionFailureInWords()
    {
        var receiver = await TestReceiver.StartAsync();
        var url = receiver.Url("/hook");
        await receiver.DisposeAsync();
        var attempt = await AttemptAsync(url, Patient);
        Assert.Multiple(() =>
        {
            Assert.That(attempt.Outcome, Is.EqualTo(AttemptOutcome.ConnectionFailed));
            Assert.That(attempt.Error, Does.Contain("refused"));
        });
    }

    [Test]
    public async Task Connection_Aborted_IsAConnectionLoss()
    {
        await using var receiver = await TestReceiver.StartAsync();
        receiver.Answer("/hook", (context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        Assert.That((await AttemptAsync(receiver)).Outcome, Is.EqualTo(AttemptOutcome.ConnectionLost));
    }

    [Test]
    public async Task Publisher_HasTraceAndBaggage_NeitherReachesTheReceiver()
    {
        await using var receiver = await TestReceiver.StartAsync();
        await using var host = await TestHost.StartAsync();
        await host.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = receiver.Url("/hook"), EventTypes = ["*"] });
        using var activity = new Activity("publisher").SetIdFormat(ActivityIdFormat.W3C).AddBaggage("token", "secret").Start();
        await host.Publisher.PublishAsync("a.b", new { });
        await receiver.WhenReceivedAsync(1);
        Assert.That(receiver.Requests.Single().Headers.Keys, Has.None.Matches<string>(h => h is not null && (
            h.Equals("baggage", StringComparison.OrdinalIgnoreCase)
            || h.Equals("traceparent", StringComparison.OrdinalIgnoreCase)
            || h.Equals("Correlation-Context", StringComparison.OrdinalIgnoreCase))));
    }

    private static Task<DeliveryAttempt> AttemptAsync(TestReceiver receiver) => AttemptAsync(receiver.Url("/hook"), Patient);

    private static async Task<DeliveryAttempt> AttemptAsync(Uri url, WebhookProfile profile)
    {
        await using var host = await TestHost.StartAsync(w => w.AddProfile(profile), o => o.DefaultProfile = profile.Name);
        await host.Subscriptions.CreateAsync(new NewWebhookSubscription { Url = url, EventTypes = ["*"] });
        await host.Publisher.PublishAsync("a.b", new { });
        await host.Deliveries.DrainAsync();
        var delivery = (await host.Deliveries.ListAsync(new DeliveryQuery())).Items.Single();
        return (await host.Deliveries.GetAttemptsAsync(delivery.Id)).Single();
    }
}
