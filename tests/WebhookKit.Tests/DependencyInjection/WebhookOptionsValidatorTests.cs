using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using NUnit.Framework;
using WebhookKit.Tests.Management;

namespace WebhookKit.Tests.DependencyInjection;

/// <summary>A bad setting is found when the host starts: all at once, each with its fix.</summary>
public sealed class WebhookOptionsValidatorTests
{
    [Test]
    public async Task Start_ManyFaults_NamesAllAtOnce()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services
            .AddWebhooks(o =>
            {
                o.MaxConcurrency = 0;
                o.MaxEventBytes = -1;
                o.SweepInterval = TimeSpan.Zero;
                o.LeaseDuration = TimeSpan.FromSeconds(10);
                o.Breaker.Failures = 0;
                o.DefaultProfile = "nope";
                o.SerializerOptions = null!;
            })
            .AddEventType("order.paid", "One.")
            .AddEventType("order.paid", "Two.")
            .AddEventType("bad name", "Three.")
            .AddProfile(TestEngine.Brief with { Timeout = TimeSpan.FromHours(1) })
            .AddSubscription(new NewWebhookSubscription { Url = new Uri("https://example.com/no-id"), Profile = "brief" })
            .AddSubscription(new NewWebhookSubscription { Id = "twice", Url = new Uri("ftp://example.com/"), Profile = "brief", EventTypes = ["order.payed"], MaxConcurrency = -1 })
            .AddSubscription(new NewWebhookSubscription { Id = "twice", Url = new Uri("https://example.com/"), Profile = "brief", Secret = "top secret" });
        using var host = builder.Build();

        var refused = await TestEngine.ThrownAsync<OptionsValidationException>(async () => await host.StartAsync());

        string[] expected =
        [
            "WebhookOptions.MaxConcurrency is 0, which is out of range. Use 1 to 100000.",
            "WebhookOptions.MaxEventBytes is -1, which is out of range. Use 1 to 16777216.",
            "WebhookOptions.SweepInterval is 00:00:00, which is out of range. Use 00:00:00.1000000 to 00:05:00.",
            "Set LeaseDuration to",
            "WebhookOptions.Breaker.Failures is 0, which is out of range. Use 1 to 1000.",
            "WebhookOptions.SerializerOptions is null.",
            "WebhookOptions.DefaultProfile 'nope' is not registered. Use one of StandardWebhooks, Svix, MailerLite,",
            "The timeout 01:00:00 of profile 'brief' is out of range. Use 100 ms to 5 minutes.",
            "AddEventType: the event type 'order.paid' is added twice",
            "AddEventType: The event type 'bad name' has ' ' at character 4.",
            "The subscription declared for https://example.com/no-id has no id. Give it one",
            "Declared subscription 'twice': The URL 'ftp://example.com/' has the scheme 'ftp'. Use https",
            "Declared subscription 'twice': The event type pattern 'order.payed' can match nothing in the catalogue. The nearest known one is 'order.paid'.",
            "Declared subscription 'twice': The concurrency -1 is out of range.",
            "The subscription 'twice' is declared twice. Give each its own id.",
            "Declared subscription 'twice': The secret does not begin with 'whsec_'.",
        ];
        Assert.Multiple(() =>
        {
            foreach (var text in expected) Assert.That(refused.Failures, Has.Exactly(1).Contains(text));
            Assert.That(refused.Failures.Count(), Is.EqualTo(expected.Length));
            Assert.That(refused.ToString(), Does.Not.Contain("top secret"));
        });
    }

    [Test]
    public void Defaults_AreValid() => Assert.That(FaultsOf(_ => { }), Is.Empty);

    [TestCaseSource(nameof(Faults))]
    public void OutOfRange_IsNamedWithItsFix(Action<WebhookOptions> change, string name, string fix)
    {
        var fault = FaultsOf(change).Single();
        Assert.That(fault, Does.StartWith($"WebhookOptions.{name}").And.Contain(fix));
    }

    [TestCaseSource(nameof(Bounds))]
    public void Bounds_AreTaken(Action<WebhookOptions> change) => Assert.That(FaultsOf(change), Is.Empty);

    [Test]
    public void LeaseDuration_ShorterThanTheLongestAttempt_NamesTheLeast()
    {
        Assert.That(FaultsOf(o => o.LeaseDuration = TimeSpan.FromSeconds(24)), Is.Empty, "1.2 times 15 seconds and the reserve of 5");
        Assert.That(FaultsOf(o => o.LeaseDuration = TimeSpan.FromSeconds(23)).Single(), Does.Contain("LeaseDuration is 00:00:23").And.Contain("Set LeaseDuration to 00:00:24 or more"));

        var slow = TestEngine.Brief with { Timeout = TimeSpan.FromMinutes(2) };
        Assert.That(FaultsOf(_ => { }, w => w.AddProfile(slow)).Single(), Does.Contain("may take 00:02:00").And.Contain("Set LeaseDuration to 00:02:30 or more"));
    }

    [Test]
    public void AttemptTimeout_BeyondAllMeasure_IsStillOneFaultAmongTheOthers()
    {
        var faults = FaultsOf(
            o =>
            {
                o.AttemptTimeout = TimeSpan.MaxValue;
                o.MaxConcurrency = 0;
            },
            w => w.AddProfile(TestEngine.Brief with { Timeout = null }));

        Assert.That(faults, Has.Some.Contains("AttemptTimeout is 10675199").And.Some.Contains("MaxConcurrency is 0"));
    }

    [Test]
    public void DefaultProfile_NullWithADeclaredSubscription_IsAFaultLikeOthers()
    {
        var faults = FaultsOf(o => o.DefaultProfile = null!, w => w.AddSubscription(new NewWebhookSubscription { Id = "s", Url = new Uri(TestEngine.Url) }));
        Assert.That(faults, Has.Some.Contains("WebhookOptions.DefaultProfile '' is not registered"));
    }

    [Test]
    public void Profile_Unsound_IsNamed()
    {
        var bad = TestEngine.Brief with { Name = "bad", Success = new StatusCodeRange(300, 200), Disable = new DisableRule { FailingFor = TimeSpan.Zero } };
        var faults = FaultsOf(_ => { }, w => w.AddProfile(bad));
        Assert.That(faults, Has.Count.EqualTo(2).And.All.Contains("profile 'bad'"));
    }

    [Test]
    public void Profile_PartsAreMissing_AreNamed()
    {
        var bad = TestEngine.Brief with { Name = "bad", Format = null! };
        Assert.That(FaultsOf(_ => { }, w => w.AddProfile(bad)), Has.Exactly(1).Contains("'bad' has no format"));
        bad = TestEngine.Brief with { Name = null!, Batching = new BatchingOptions { MaxEvents = 0 } };
        Assert.That(FaultsOf(_ => { }, w => w.AddProfile(bad)), Has.Exactly(1).Contains("has no name").And.Exactly(1).Contains("Batches of 0 events"));
    }

    private static IEnumerable<TestCaseData> Faults()
    {
        yield return Fault(o => o.MaxConcurrency = 0, "MaxConcurrency is 0", "1 to 100000");
        yield return Fault(o => o.MaxConcurrency = 100_001, "MaxConcurrency is 100001", "1 to 100000");
        yield return Fault(o => o.MaxConcurrencyPerEndpoint = 0, "MaxConcurrencyPerEndpoint is 0", "1 to 10000");
        yield return Fault(o => o.MaxEventBytes = 0, "MaxEventBytes is 0", "1 to 16777216");
        yield return Fault(o => o.MaxResponseBytes = -1, "MaxResponseBytes is -1", "0 to 1048576");
        yield return Fault(o => o.LaneBufferSize = 15, "LaneBufferSize is 15", "16 to 100000");
        yield return Fault(o => o.MaxBufferedBytes = 1_048_575, "MaxBufferedBytes is 1048575", "1048576 to 17179869184");
        yield return Fault(o => o.AttemptTimeout = TimeSpan.Zero, "AttemptTimeout is 00:00:00", "00:00:00.1000000 to 00:05:00");
        yield return Fault(o => o.AttemptTimeout = Timeout.InfiniteTimeSpan, "AttemptTimeout is -00:00:00.0010000", "to 00:05:00");
        yield return Fault(o => o.MaxRetryAfter = TimeSpan.FromTicks(-1), "MaxRetryAfter is", "00:00:00 to 30.00:00:00");
        yield return Fault(o => o.SecretOverlap = TimeSpan.FromDays(366), "SecretOverlap is 366", "to 365.00:00:00");
        yield return Fault(o => o.SweepInterval = TimeSpan.FromMinutes(6), "SweepInterval is 00:06:00", "to 00:05:00");
        yield return Fault(o => o.LeaseDuration = TimeSpan.FromHours(2), "LeaseDuration is 02:00:00", "to 01:00:00");
        yield return Fault(o => o.Breaker = null!, "Breaker is null", "Leave it at its default");
        yield return Fault(o => o.Breaker.Failures = 1001, "Breaker.Failures is 1001", "1 to 1000");
        yield return Fault(o => o.Breaker.Window = TimeSpan.Zero, "Breaker.Window is", "to 1.00:00:00");
        yield return Fault(o => o.Breaker.OpenFor = TimeSpan.FromHours(1), "Breaker.MaxOpenFor is 00:02:00", "01:00:00 to 1.00:00:00");
        yield return Fault(o => o.Breaker.MaxOpenFor = TimeSpan.FromDays(2), "Breaker.MaxOpenFor is 2", "to 1.00:00:00");
        yield return Fault(o => o.Retention = null!, "Retention is null", "Leave it at its default");
        yield return Fault(o => o.Retention.Succeeded = TimeSpan.FromTicks(-1), "Retention.Succeeded is -00:00:00.0000001", "00:00:00 to 3650.00:00:00");
        yield return Fault(o => o.Retention.Failed = TimeSpan.FromDays(3651), "Retention.Failed is 3651", "to 3650.00:00:00");
        yield return Fault(o => o.Retention.Attempts = Timeout.InfiniteTimeSpan, "Retention.Attempts is -00:00:00.0010000", "to 3650.00:00:00");
        yield return Fault(o => o.Retention.Events = TimeSpan.MaxValue, "Retention.Events is 10675199", "to 3650.00:00:00");
        yield return Fault(o => o.DefaultProfile = "nope", "DefaultProfile 'nope'", "Use one of StandardWebhooks, Svix, MailerLite,");
        yield return Fault(o => o.SerializerOptions = null!, "SerializerOptions is null", "Leave it at its default");

        static TestCaseData Fault(Action<WebhookOptions> change, string name, string fix) => new TestCaseData(change, name, fix).SetArgDisplayNames(name);
    }

    private static IEnumerable<TestCaseData> Bounds()
    {
        yield return Bound("least", o =>
        {
            o.MaxConcurrency = o.MaxConcurrencyPerEndpoint = o.MaxEventBytes = 1;
            o.MaxResponseBytes = 0;
            o.LaneBufferSize = 16;
            o.MaxBufferedBytes = 1024 * 1024;
            o.AttemptTimeout = o.SweepInterval = TimeSpan.FromMilliseconds(100);
            o.MaxRetryAfter = o.SecretOverlap = TimeSpan.Zero;
            o.Retention = new RetentionOptions { Succeeded = TimeSpan.Zero, Failed = TimeSpan.Zero, Attempts = TimeSpan.Zero, Events = TimeSpan.Zero };
            o.Breaker = new BreakerOptions { Failures = 1, Window = TimeSpan.FromMilliseconds(1), OpenFor = TimeSpan.FromMilliseconds(1), MaxOpenFor = TimeSpan.FromMilliseconds(1) };
        });
        yield return Bound("most", o =>
        {
            o.MaxConcurrency = o.LaneBufferSize = 100_000;
            o.MaxBufferedBytes = 16L * 1024 * 1024 * 1024;
            o.MaxConcurrencyPerEndpoint = 10_000;
            o.MaxEventBytes = 16 * 1024 * 1024;
            o.MaxResponseBytes = 1024 * 1024;
            o.AttemptTimeout = o.SweepInterval = TimeSpan.FromMinutes(5);
            o.MaxRetryAfter = TimeSpan.FromDays(30);
            o.SecretOverlap = TimeSpan.FromDays(365);
            o.LeaseDuration = TimeSpan.FromHours(1);
            var longest = TimeSpan.FromDays(3650);
            o.Retention = new RetentionOptions { Succeeded = longest, Failed = longest, Attempts = longest, Events = longest };
            o.Breaker = new BreakerOptions { Failures = 1000, Window = TimeSpan.FromDays(1), OpenFor = TimeSpan.FromDays(1), MaxOpenFor = TimeSpan.FromDays(1) };
        });

        static TestCaseData Bound(string name, Action<WebhookOptions> change) => new TestCaseData(change).SetArgDisplayNames(name);
    }

    private static List<string> FaultsOf(Action<WebhookOptions> change, Action<IWebhooksBuilder>? configure = null)
    {
        var services = new ServiceCollection();
        var builder = services.AddWebhooks(change);
        configure?.Invoke(builder);
        using var provider = services.BuildServiceProvider();
        try
        {
            provider.GetRequiredService<IStartupValidator>().Validate();
            return [];
        }
        catch (OptionsValidationException refused)
        {
            return [.. refused.Failures];
        }
    }
}
