using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace WebhookKit.FunctionalTests.Secrets;

/// <summary>A whole run over real sockets, with every profile that has a secret and every kind of trouble: nothing that it tells shows one.</summary>
public sealed class SecretRunTests
{
    /// <summary>MailUp signs nothing: its secret is a key.</summary>
    private static readonly Dictionary<string, WebhookProfile> Profiles = typeof(WebhookProfiles).GetProperties()
        .Where(p => p.PropertyType == typeof(WebhookProfile))
        .Select(p => (WebhookProfile)p.GetValue(null)!)
        .Where(p => p.Signer is not null || p == WebhookProfiles.MailUp)
        .ToDictionary(p => p.Name);

    private static readonly string[] Names = [.. Profiles.Keys];

    [TestCaseSource(nameof(Names))]
    [CancelAfter(60_000)]
    public async Task Run_EveryTrouble_ShowsNoSecret(string name, CancellationToken timeout)
    {
        var profile = Profiles[name] with { Name = "tried", Timeout = TimeSpan.FromSeconds(20), Retry = new RetrySchedule(TimeSpan.Zero), Batching = null };
        var secrets = Enumerable.Range(0, 3).Select(i => profile.Signer?.GenerateSecret() ?? $"a key+of/MailUp={i}").ToList();
        using var overheard = new Overheard();
        await using var receiver = TroubledReceiver.Start();
        await using var host = await TestHost.StartAsync(
            w => w
                .AddProfile(profile)
                .AddObserver<Indiscreet>()
                .Services.AddSingleton(overheard).AddLogging(l => l.AddProvider(overheard).SetMinimumLevel(LogLevel.Trace)),
            o =>
            {
                o.DefaultProfile = profile.Name;
                o.SendTraceParent = true;
                o.Breaker = new BreakerOptions { Failures = 2, OpenFor = TimeSpan.FromMilliseconds(1), MaxOpenFor = TimeSpan.FromMilliseconds(1) };
            });
        Dictionary<string, string> settings = name == nameof(WebhookProfiles.MailUp) ? new() { ["encrypted"] = "true", ["method"] = "GET" } : [];
        var run = new SecretRun(host, profile, settings, receiver.Url, overheard);

        using (new Activity("publisher").SetIdFormat(ActivityIdFormat.W3C).Start())
        {
            if (await run.LiveAsync(secrets[0], secrets[1], timeout) is { } generated) secrets.Add(generated);
            await run.BeRefusedAsync(secrets[2], timeout);
        }

        overheard.Hear("options", host.Services.GetRequiredService<WebhookOptions>());
        overheard.Hear("profile", profile);
        overheard.Observe();
        Assert.Multiple(() =>
        {
            Assert.That(overheard.Sources.Keys, Is.SupersetOf(new[] { "meter WebhookKit", "meter System.Net.Http", "activity WebhookKit", "result", "refusal", "observer" }));
            Assert.That(overheard.Sources.Keys, Has.Some.StartsWith("log WebhookKit"));
            foreach (var form in secrets.SelectMany(SecretForms.Of))
                Assert.That(overheard.Texts.FirstOrDefault(t => t.Contains(form, StringComparison.OrdinalIgnoreCase)), Is.Null, $"'{form}' is shown");
        });
    }

    /// <summary>Tells all that it is told, and fails with it, which is logged.</summary>
    private sealed class Indiscreet(Overheard overheard) : IWebhookObserver
    {
        public void OnAttempt(WebhookSubscription subscription, IReadOnlyList<WebhookDelivery> deliveries, DeliveryAttempt attempt)
        {
            overheard.Hear("observer", deliveries);
            throw new InvalidOperationException($"Observer trouble with {subscription} and {attempt}");
        }
    }
}
