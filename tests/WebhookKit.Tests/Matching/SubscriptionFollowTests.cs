using Microsoft.Extensions.Logging;
using Moq;
using NUnit.Framework;
using WebhookKit.Diagnostics;
using WebhookKit.Matching;
using WebhookKit.Profiles;
using WebhookKit.Publishing;
using WebhookKit.Tests.Diagnostics;

namespace WebhookKit.Tests.Matching;

/// <summary>How a node's index follows its store, and who is told of what.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class SubscriptionFollowTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Mock<ISubscriptionStore> _store = new();
    private readonly Mock<ISubscriptionListener> _listener = new();
    private readonly LogCapture _log = new();
    private readonly ILoggerFactory _loggers;
    private readonly List<string> _told = [];
    private readonly SubscriptionModelFactory _models;
    private readonly SubscriptionCache _cache;

    public SubscriptionFollowTests()
    {
        _listener.Setup(l => l.ChangedHere()).Callback(() => _told.Add("here"));
        _listener.Setup(l => l.Deleted(It.IsAny<string>())).Callback<string>(id => _told.Add($"-{id}"));
        _listener.Setup(l => l.Changed(It.IsAny<SubscriptionModel?>(), It.IsAny<SubscriptionModel>()))
            .Callback<SubscriptionModel?, SubscriptionModel>((before, after) => _told.Add($"{before?.Subscription.Version}>{after.Id}{after.Subscription.Version}"));
        _loggers = LoggerFactory.Create(logging => logging.AddProvider(_log));
        _models = Factory(new WebhookOptions());
        _cache = new SubscriptionCache(
            _store.Object, _models, new KnownSubscriptions(new EventTypeCatalog([], allowUnknown: true)), _listener.Object, new SafeLogger<SubscriptionCache>(_loggers));
    }

    public void Dispose()
    {
        _loggers.Dispose();
        _log.Dispose();
    }

    [Test]
    public async Task Refresh_NewChangedAndDeleted_TellsOfEachWithWhatWasBefore()
    {
        Store(0, Changes(2, [Subscription("a", 1), Subscription("b", 2)], whole: true));
        Store(2, Changes(4, [Subscription("a", 3)], ["b", "unknown"]));
        await _cache.RefreshAsync(default);
        Assert.That(_told, Is.EqualTo(new[] { ">a1", ">b2" }));

        _told.Clear();
        var index = await _cache.RefreshAsync(default);
        Assert.That(_told, Is.EqualTo(new[] { "1>a3", "-b", "-unknown" }));
        Assert.That((index.Version, index, index.All.Single().Subscription.Version), Is.EqualTo((4, _cache.Current, 3)));
    }

    [Test]
    public async Task Refresh_Whole_TellsOfWhatIsGone()
    {
        Store(0, Changes(2, [Subscription("a", 1), Subscription("b", 2)], whole: true));
        Store(2, Changes(9, [Subscription("b", 2)], whole: true));
        await _cache.RefreshAsync(default);
        _told.Clear();
        var index = await _cache.RefreshAsync(default);
        Assert.That(_told, Is.EqualTo(new[] { "2>b2", "-a" }));
        Assert.That(index.Count, Is.EqualTo(1));
    }

    [Test]
    public async Task Refresh_DeletedAndMadeAgainSinceTheLastLook_TellsOfBoth()
    {
        Store(0, Changes(1, [Subscription("a", 1)], whole: true));
        Store(1, Changes(3, [Subscription("a", 3) with { CreatedAt = Now.AddSeconds(1) }]));
        await _cache.RefreshAsync(default);
        _told.Clear();
        await _cache.RefreshAsync(default);
        Assert.That(_told, Is.EqualTo(new[] { "-a", "1>a3" }));
    }

    [Test]
    public async Task Refresh_NothingHasChanged_TellsNobody()
    {
        Store(0, Changes(0, [], whole: true));
        var before = _cache.Current;
        Assert.That(await _cache.RefreshAsync(default), Is.SameAs(before));
        Assert.That(_told, Is.Empty);
    }

    [Test]
    public async Task Refresh_SeveralAtOnce_ReadOneAfterAnother()
    {
        var answers = new Queue<TaskCompletionSource<SubscriptionChanges>>([new()]);
        var asked = new Queue<TaskCompletionSource<SubscriptionChanges>>();
        _store.Setup(s => s.ReadChangesAsync(It.IsAny<long>(), It.IsAny<CancellationToken>())).Returns(() =>
        {
            asked.Enqueue(answers.Dequeue());
            return new ValueTask<SubscriptionChanges>(asked.Peek().Task);
        });
        var first = _cache.RefreshAsync(default).AsTask();
        var second = _cache.RefreshAsync(default).AsTask();
        Assert.That(asked, Has.Count.EqualTo(1));

        _store.Setup(s => s.ReadChangesAsync(1, It.IsAny<CancellationToken>())).ReturnsAsync(Changes(1, []));
        asked.Dequeue().SetResult(Changes(1, [Subscription("a", 1)], whole: true));
        Assert.That(await second, Is.SameAs(await first), "the second asks for what has changed since");
    }

    [Test]
    public async Task Refresh_StoreFails_ThrowsAndTheNextOneMayTry()
    {
        _store.SetupSequence(s => s.ReadChangesAsync(0, It.IsAny<CancellationToken>()))
            .Throws(new WebhookStoreException("away"))
            .ReturnsAsync(Changes(1, [Subscription("a", 1)], whole: true));
        Assert.That(async () => await _cache.RefreshAsync(default), Throws.InstanceOf<WebhookStoreException>());
        Assert.That((await _cache.RefreshAsync(default)).Count, Is.EqualTo(1));
    }

    [Test]
    public async Task Follow_OwnChange_TellsTheOthersAndLearnsOfIt()
    {
        Store(0, Changes(1, [Subscription("a", 1)], whole: true));
        await _cache.FollowAsync("a", default);
        Assert.That(_told, Is.EqualTo(new[] { "here", ">a1" }));
        Assert.That(_cache.Current.Find("a"), Is.Not.Null);
        Assert.That(_log.Lines, Is.Empty);
    }

    [TestCase(false, 1)]
    [TestCase(true, 0, Description = "whoever gave up knows")]
    public async Task Follow_StoreFails_TheChangeStandsAndIsLoggedUnlessGivenUp(bool givenUp, int lines)
    {
        _store.Setup(s => s.ReadChangesAsync(0, It.IsAny<CancellationToken>())).Throws(new WebhookStoreException("away"));
        using var stop = new CancellationTokenSource();
        _listener.Setup(l => l.ChangedHere()).Callback(() =>
        {
            if (givenUp) stop.Cancel();
        });
        await _cache.FollowAsync("a", stop.Token);
        Assert.That(_log.Lines, Has.Count.EqualTo(lines));
        if (lines > 0) Assert.That((_log.Lines[0].EventId, _log.Lines[0].Values["SubscriptionId"]), Is.EqualTo((9, "a")));
    }

    [Test]
    public void Create_Subscription_HasItsOwnLimitsOrTheDefaults()
    {
        var options = new WebhookOptions { MaxConcurrencyPerEndpoint = 7, AttemptTimeout = TimeSpan.FromSeconds(8) };
        var quick = WebhookProfiles.StandardWebhooks with { Name = "quick", Timeout = TimeSpan.FromSeconds(2) };
        var models = Factory(options, quick, quick with { Name = "any", Timeout = null });

        var own = models.Create(Subscription("a", 1) with { Profile = "quick", MaxConcurrency = 3 });
        var byDefault = models.Create(Subscription("a", 1) with { Profile = "any" });

        Assert.That((own.Profile, own.MaxConcurrency, own.Timeout), Is.EqualTo((quick, 3, TimeSpan.FromSeconds(2))));
        Assert.That((byDefault.MaxConcurrency, byDefault.Timeout), Is.EqualTo((7, TimeSpan.FromSeconds(8))));
        Assert.That((own.Id, own.Partition, own.Batching), Is.EqualTo(("a", byDefault.Partition, (BatchingOptions?)null)));
    }

    [Test]
    public void Create_ProfileThatIsNotRegistered_StandsInForIt()
    {
        var model = _models.Create(Subscription("a", 1) with { Profile = "gone" });
        Assert.That((model.Profile.Name, model.Profile.Format), Is.EqualTo(("gone", model.Profile.Format)));
        Assert.That(model.Profile.Format, Is.TypeOf<UnknownProfile>());
    }

    [Test]
    public void AsEnabled_Disabled_DiffersInNothingElse()
    {
        var model = _models.Create(Subscription("a", 1) with { Status = SubscriptionStatus.Disabled, Batching = new BatchingOptions() });
        var enabled = model.AsEnabled();
        Assert.That(enabled.Subscription, Is.EqualTo(model.Subscription with { Status = SubscriptionStatus.Enabled }));
        Assert.That(
            (enabled.Profile, enabled.Partition, enabled.MaxConcurrency, enabled.Timeout),
            Is.EqualTo((model.Profile, model.Partition, model.MaxConcurrency, model.Timeout)));
    }

    [Test]
    public void Create_FormatThrowsWhetherItCanBatch_SendsOneByOneAndSaysSo()
    {
        var format = new Mock<IWebhookFormat>();
        format.Setup(f => f.CanBatch(It.IsAny<WebhookSubscription>())).Throws(new KeyNotFoundException("No such setting."));
        var models = Factory(new WebhookOptions(), WebhookProfiles.StandardWebhooks with { Name = "odd", Format = format.Object });

        var model = models.Create(Subscription("a", 1) with { Profile = "odd", Batching = new BatchingOptions() });

        Assert.That(model.Batching, Is.Null);
        Assert.That((_log.Lines.Single().EventId, _log.Lines.Single().Values["SubscriptionId"]), Is.EqualTo((23, "a")));
    }

    private SubscriptionModelFactory Factory(WebhookOptions options, params WebhookProfile[] profiles) =>
        new(new ProfileRegistry(profiles), Mock.Of<IDeliveryQueue>(q => q.PartitionCount == 8), options, new SafeLogger<SubscriptionModelFactory>(_loggers));

    private static WebhookSubscription Subscription(string id, long version) => new()
    {
        Id = id,
        Url = new Uri("https://example.com/hook"),
        EventTypes = ["*"],
        Version = version,
        CreatedAt = Now,
    };

    private static SubscriptionChanges Changes(long version, WebhookSubscription[] changed, string[]? deleted = null, bool whole = false) =>
        new(version, changed, deleted ?? []) { IsWhole = whole };

    private void Store(long since, SubscriptionChanges changes) =>
        _store.Setup(s => s.ReadChangesAsync(since, It.IsAny<CancellationToken>())).ReturnsAsync(changes);
}
