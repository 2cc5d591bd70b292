using System.Collections.Concurrent;
using System.Net;
using System.Text;
using NUnit.Framework;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Testing;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ScriptedReceiverTests : IDisposable
{
    private const string Url = "https://example.com/hooks";

    private readonly ManualTimeProvider _clock = new();
    private readonly ScriptedReceiver _receiver;
    private readonly HttpClient _client;

    public ScriptedReceiverTests()
    {
        _receiver = new ScriptedReceiver(_clock);
        _client = new HttpClient(_receiver) { Timeout = Timeout.InfiniteTimeSpan };
    }

    public void Dispose()
    {
        _client.Dispose();
        _receiver.Dispose();
    }

    [Test]
    public async Task Send_NoScript_Answers200()
    {
        Assert.That(await StatusOf(Url), Is.EqualTo(200));
    }

    [Test]
    public async Task Reply_StatusSequence_IsFollowedAndTheLastRepeats()
    {
        _receiver.Reply(500, 503, 200);

        var statuses = new List<int>();
        for (var i = 0; i < 5; i++) statuses.Add(await StatusOf(Url));

        Assert.That(statuses, Is.EqualTo(new[] { 500, 503, 200, 200, 200 }));
        Assert.That(_receiver.Requests.Select(request => request.StatusCode), Is.EqualTo(new[] { 500, 503, 200, 200, 200 }));
    }

    [Test]
    public async Task For_OwnScript_IsItsOwnWhateverTheQuery()
    {
        _receiver.Reply(500);
        _receiver.For("https://example.com/gone").Reply(410);

        Assert.That(await StatusOf("https://example.com/gone?a=1"), Is.EqualTo(410));
        Assert.That(await StatusOf("https://example.com/other"), Is.EqualTo(500));
        Assert.That(_receiver.RequestsTo("https://example.com/gone"), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task For_EmptyScript_GivesWayToTheDefault()
    {
        _receiver.Reply(503);
        _receiver.For(Url);

        Assert.That(await StatusOf(Url), Is.EqualTo(503));
    }

    [Test]
    public async Task Reply_BodyAndHeaders_AreGiven()
    {
        _receiver.Default.Reply(new ScriptedReply(429)
        {
            Body = "später",
            Headers = { ["Retry-After"] = "120", ["Content-Type"] = "text/plain; charset=utf-8" },
        });

        using var response = await _client.GetAsync(new Uri(Url));

        Assert.That(response.Headers.RetryAfter?.Delta, Is.EqualTo(TimeSpan.FromMinutes(2)));
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("text/plain"));
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo("später"));
        Assert.That(response.RequestMessage?.RequestUri, Is.EqualTo(new Uri(Url)));
    }

    [TestCase(99)]
    [TestCase(1000)]
    [TestCase(-1)]
    public void Reply_StatusThatHttpCannotCarry_IsRefused(int status)
    {
        Assert.That(() => _receiver.Reply(status), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public async Task ReplyAfter_OnTheClock_AnswersWhenDueAndIsParkedTillThen()
    {
        _receiver.For(Url).ReplyAfter(TimeSpan.FromSeconds(2), 200);

        var answer = StatusOf(Url);
        Assert.That(_receiver.ParkedCount, Is.EqualTo(1));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.That(answer.IsCompleted, Is.False);
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.That(_receiver.ParkedCount, Is.Zero, "right as soon as the clock has moved, whether the answer went on or not");
        Assert.That(await answer, Is.EqualTo(200));
    }

    [Test]
    public async Task Hang_SenderGivesUp_IsCanceledAndNoLongerParked()
    {
        _receiver.Default.Hang().Reply(200);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(15), _clock);

        var answer = StatusOf(Url, deadline.Token);
        _clock.Advance(TimeSpan.FromSeconds(14));
        Assert.That(_receiver.ParkedCount, Is.EqualTo(1));
        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.That(_receiver.ParkedCount, Is.Zero);
        Assert.That(async () => await answer, Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_receiver.Requests[0].StatusCode, Is.Null);
        Assert.That(await StatusOf(Url), Is.EqualTo(200));
    }

    [Test]
    public void Hang_CanceledBefore_IsNeverParked()
    {
        _receiver.Default.Hang();

        Assert.That(async () => await StatusOf(Url, new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_receiver.ParkedCount, Is.Zero);
    }

    [Test]
    public async Task ParkedCountChanged_ParkAndRelease_TellsEachCount()
    {
        var counts = new ConcurrentQueue<int>();
        _receiver.ParkedCountChanged += counts.Enqueue;
        _receiver.Default.ReplyAfter(TimeSpan.FromSeconds(1), 200).ReplyAfter(TimeSpan.FromSeconds(2), 200);

        var answers = new[] { StatusOf(Url), StatusOf(Url) };
        _clock.Advance(TimeSpan.FromSeconds(2));
        await Task.WhenAll(answers);

        Assert.That(counts, Is.EqualTo(new[] { 1, 2, 1, 0 }));
    }

    [TestCase(HttpRequestError.ConnectionError)]
    [TestCase(HttpRequestError.ResponseEnded)]
    public void Drop_Error_IsThrown(HttpRequestError error)
    {
        _receiver.Default.Drop(error);

        Assert.That(
            async () => await StatusOf(Url),
            Throws.TypeOf<HttpRequestException>().With.Property(nameof(HttpRequestException.HttpRequestError)).EqualTo(error));
    }

    [Test]
    public async Task Answer_Function_SeesTheRequest()
    {
        _receiver.Default.Answer(request => new HttpResponseMessage(request.BodyText == "hé" ? HttpStatusCode.Accepted : HttpStatusCode.BadRequest));

        using var response = await _client.PostAsync(new Uri(Url), new StringContent("hé"));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        Assert.That(response.RequestMessage, Is.Not.Null);
    }

    [Test]
    public async Task Requests_Sent_KeepEverythingInOrder()
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(Url + "?q=1"))
        {
            Content = new ByteArrayContent([0, 255, 10]),
            Headers = { { "Webhook-Id", "evt_1" }, { "X-Many", ["a", "b"] } },
        };
        request.Content.Headers.ContentType = new("application/octet-stream");
        await StatusOf(Url);
        _clock.Advance(TimeSpan.FromSeconds(7));
        using var response = await _client.SendAsync(request);

        var received = _receiver.Requests[1];
        Assert.That(received.Number, Is.EqualTo(2));
        Assert.That(received.Method, Is.EqualTo(HttpMethod.Put));
        Assert.That(received.Uri, Is.EqualTo(new Uri(Url + "?q=1")));
        Assert.That(received.Headers["webhook-id"], Is.EqualTo("evt_1"));
        Assert.That(received.Headers["x-many"], Is.EqualTo("a, b"));
        Assert.That(received.Headers["content-type"], Is.EqualTo("application/octet-stream"));
        Assert.That(received.Body.ToArray(), Is.EqualTo(new byte[] { 0, 255, 10 }));
        Assert.That(received.ReceivedAt, Is.EqualTo(ManualTimeProvider.DefaultStart.AddSeconds(7)));
        Assert.That(received.ToString(), Does.Contain("#2 PUT https://example.com/hooks?q=1").And.Contain("200"));
    }

    [Test]
    public async Task Send_ByManyThreads_StepsAndNumbersAgree()
    {
        _receiver.Reply([.. Enumerable.Range(200, 100)]);

        await Parallel.ForAsync(0, 100, async (i, _) =>
        {
            using var response = await _client.PostAsync(new Uri(Url), new ByteArrayContent(Encoding.UTF8.GetBytes($"{i}")), CancellationToken.None);
        });

        Assert.That(_receiver.Requests.Select(request => request.StatusCode!.Value - 199), Is.EqualTo(Enumerable.Range(1, 100)));
        Assert.That(_receiver.Requests.Select(request => request.BodyText).Distinct().Count(), Is.EqualTo(100));
    }

    [Test]
    public async Task Dispose_Receiver_StillAnswers()
    {
        _receiver.Dispose();

        Assert.That(await StatusOf(Url), Is.EqualTo(200));
    }

    private async Task<int> StatusOf(string url, CancellationToken cancellationToken = default)
    {
        using var response = await _client.GetAsync(new Uri(url), cancellationToken);
        return (int)response.StatusCode;
    }
}
