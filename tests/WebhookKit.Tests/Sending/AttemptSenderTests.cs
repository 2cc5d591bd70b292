using System.Net;
using System.Net.Sockets;
using System.Text;
using Moq;
using NUnit.Framework;
using RichardSzalay.MockHttp;
using WebhookKit.Dispatching;
using WebhookKit.Sending;
using WebhookKit.Sending.Guarding;
using WebhookKit.Testing;

namespace WebhookKit.Tests.Sending;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class AttemptSenderTests : IDisposable
{
    private const string Url = "https://example.com/hooks?a=1";

    private readonly ManualTimeProvider _clock = new();
    private readonly ScriptedReceiver _receiver;
    private readonly WebhookOptions _options = new() { MaxResponseBytes = 10 };
    private readonly List<HttpSender> _senders = [];

    public AttemptSenderTests() => _receiver = new ScriptedReceiver(_clock);

    public void Dispose()
    {
        foreach (var sender in _senders) sender.Dispose();
        _receiver.Dispose();
    }

    [Test]
    public async Task SendAsync_Request_IsOnTheWireAsPrepared()
    {
        await SendAsync(Request(headers: [("webhook-id", "m1"), ("X-Odd", "a b\t~"), ("Content-Encoding", "identity")]));

        var request = _receiver.Requests.Single();
        Assert.Multiple(() =>
        {
            Assert.That(request.Method, Is.EqualTo(HttpMethod.Post));
            Assert.That(request.Uri, Is.EqualTo(new Uri(Url)));
            Assert.That(request.BodyText, Is.EqualTo("{\"a\":1}"));
            Assert.That(request.Headers, Is.EquivalentTo(new Dictionary<string, string>
            {
                ["Content-Type"] = "application/json",
                ["Content-Length"] = "7",
                ["Content-Encoding"] = "identity",
                ["webhook-id"] = "m1",
                ["X-Odd"] = "a b\t~",
            }));
        });
    }

    [Test]
    public async Task SendAsync_ContentTypeOfTheDialect_IsSentUnchanged()
    {
        var request = Request();
        await SendAsync(request with { Content = request.Content with { ContentType = "application/x-www-form-urlencoded;charset=UTF-8" } });
        Assert.That(_receiver.Requests.Single().Headers["Content-Type"], Is.EqualTo("application/x-www-form-urlencoded;charset=UTF-8"));
    }

    [Test]
    public async Task SendAsync_NoContentType_HasNoBody()
    {
        await SendAsync(Request() with { Content = new WebhookContent { Uri = new Uri(Url), Method = HttpMethod.Get } });

        var request = _receiver.Requests.Single();
        Assert.That(request.Method, Is.EqualTo(HttpMethod.Get));
        Assert.That(request.Headers.Keys, Has.None.StartsWith("Content-"));
    }

    [Test]
    public async Task SendAsync_Success_IsTimed()
    {
        _clock.Advance(TimeSpan.FromHours(1));
        var startedAt = _clock.GetUtcNow();
        _receiver.Default.Reply(new ScriptedReply(201) { Body = "thanks", Delay = TimeSpan.FromSeconds(3) });

        var sending = SendAsync(Request());
        _clock.Advance(TimeSpan.FromSeconds(3));

        Assert.That(await sending, Is.EqualTo(new DeliveryAttempt
        {
            MessageId = "m1",
            BatchSize = 1,
            Outcome = AttemptOutcome.Succeeded,
            StartedAt = startedAt,
            Duration = TimeSpan.FromSeconds(3),
            StatusCode = 201,
            ResponseBody = "thanks",
        }));
    }

    [TestCase("0123456789", "0123456789")]
    [TestCase("0123456789abc", "0123456789")]
    [TestCase("", null)]
    [TestCase("12345678é", "12345678é")]
    [TestCase("123456789é", "123456789\uFFFD")]
    public async Task SendAsync_Body_IsCutAtTheLimit(string body, string? kept)
    {
        _receiver.Default.Reply(new ScriptedReply(200) { Body = body });
        Assert.That((await SendAsync(Request())).ResponseBody, Is.EqualTo(kept));
    }

    [Test]
    public async Task SendAsync_EndlessBody_IsReadNoFurtherThanTheLimit()
    {
        using var endless = new BodyStream(_ => 7);
        _receiver.Default.Answer(_ => new HttpResponseMessage { Content = new StreamContent(endless) });

        var result = await SendAsync(Request());

        Assert.That(result.Outcome, Is.EqualTo(AttemptOutcome.Succeeded));
        Assert.That(result.ResponseBody, Is.EqualTo(new string('x', 10)));
        Assert.That(endless.BytesAsked, Is.LessThanOrEqualTo(10 + 3));
    }

    [Test]
    public async Task SendAsync_LimitZero_ReadsNothing()
    {
        _options.MaxResponseBytes = 0;
        using var body = new BodyStream(_ => throw new InvalidOperationException("read"));
        _receiver.Default.Answer(_ => new HttpResponseMessage { Content = new StreamContent(body) });

        var result = await SendAsync(Request());

        Assert.That((result.Outcome, result.ResponseBody), Is.EqualTo((AttemptOutcome.Succeeded, (string?)null)));
    }

    [Test]
    public async Task SendAsync_ClaimedLengthIsWrong_HarmsNothing()
    {
        _receiver.Default.Answer(_ =>
        {
            var response = new HttpResponseMessage { Content = new StreamContent(new MemoryStream("abc"u8.ToArray())) };
            response.Content.Headers.ContentLength = long.MaxValue;
            return response;
        });
        Assert.That((await SendAsync(Request())).ResponseBody, Is.EqualTo("abc"));
    }

    [Test]
    public async Task SendAsync_BodyThatNeverEnds_TimesOutAtTheDeadline()
    {
        using var hanging = new BodyStream(read => read == 0 ? 3 : null);
        _receiver.Default.Answer(_ => new HttpResponseMessage { Content = new StreamContent(hanging) });

        var sending = SendAsync(Request());
        await hanging.Hangs;
        _clock.Advance(TimeSpan.FromSeconds(15) - TimeSpan.FromTicks(1));
        Assert.That(sending.IsCompleted, Is.False);
        _clock.Advance(TimeSpan.FromTicks(1));

        var result = await sending;
        Assert.Multiple(() =>
        {
            Assert.That(result.Outcome, Is.EqualTo(AttemptOutcome.TimedOut), "200 alone is no success");
            Assert.That(result.StatusCode, Is.EqualTo(200));
            Assert.That(result.Duration, Is.EqualTo(TimeSpan.FromSeconds(15)));
            Assert.That(result.Error, Does.Contain("15"));
        });
    }

    [Test]
    public async Task SendAsync_SlowHeadersThenABodyThatNeverEnds_ShareOneDeadline()
    {
        using var hanging = new BodyStream(read => read == 0 ? 3 : null);
        _receiver.Default.Answer(async (_, token) =>
        {
            await Task.Delay(TimeSpan.FromSeconds(10), _clock, token);
            return new HttpResponseMessage { Content = new StreamContent(hanging) };
        });

        var sending = SendAsync(Request());
        _clock.Advance(TimeSpan.FromSeconds(10));
        await hanging.Hangs;
        _clock.Advance(TimeSpan.FromSeconds(5));

        var result = await sending;
        Assert.That((result.Outcome, result.Duration), Is.EqualTo((AttemptOutcome.TimedOut, TimeSpan.FromSeconds(15))));
    }

    [Test]
    public async Task SendAsync_BodyThatBreaksOff_IsALostConnection()
    {
        using var broken = new BodyStream(_ => throw new HttpIOException(HttpRequestError.ResponseEnded));
        _receiver.Default.Answer(_ => new HttpResponseMessage { Content = new StreamContent(broken) });
        Assert.That((await SendAsync(Request())).Outcome, Is.EqualTo(AttemptOutcome.ConnectionLost));
    }

    [TestCase("120", 120)]
    [TestCase(" 120 ", 120)]
    [TestCase("0", 0)]
    [TestCase("Tue, 01 Jan 2030 00:01:00 GMT", 60)]
    [TestCase("Mon, 31 Dec 2029 23:59:00 GMT", 0)]
    [TestCase("soon", null)]
    [TestCase("-5", null)]
    [TestCase("", null)]
    public async Task SendAsync_RetryAfter_IsRead(string value, int? seconds)
    {
        _receiver.Default.Reply(new ScriptedReply(503) { Headers = { ["Retry-After"] = value } });
        Assert.That((await SendWholeAsync(Request())).RetryAfter, Is.EqualTo(seconds is { } s ? TimeSpan.FromSeconds(s) : (TimeSpan?)null));
    }

    [Test]
    public async Task SendAsync_RetryAfterOfASuccess_IsIgnored()
    {
        _receiver.Default.Reply(new ScriptedReply(200) { Headers = { ["Retry-After"] = "120" } });
        Assert.That((await SendWholeAsync(Request())).RetryAfter, Is.Null);
    }

    [TestCase(301)]
    [TestCase(302)]
    [TestCase(308)]
    public async Task SendAsync_Redirect_IsAFailureThatIsNotFollowed(int statusCode)
    {
        using var handler = new MockHttpMessageHandler();
        handler.Expect(Url).Respond((HttpStatusCode)statusCode, [new("Location", "https://example.com/elsewhere")], new StringContent(""));

        var result = await SendAsync(Request(), handler);

        Assert.That((result.Outcome, result.StatusCode), Is.EqualTo((AttemptOutcome.ErrorStatus, (int?)statusCode)));
        Assert.That(result.Error, Does.Contain("not followed"));
        handler.VerifyNoOutstandingExpectation();
    }

    [TestCase(199, AttemptOutcome.ErrorStatus)]
    [TestCase(200, AttemptOutcome.Succeeded)]
    [TestCase(299, AttemptOutcome.Succeeded)]
    [TestCase(410, AttemptOutcome.Gone)]
    [TestCase(429, AttemptOutcome.Throttled)]
    [TestCase(500, AttemptOutcome.ErrorStatus)]
    [TestCase(999, AttemptOutcome.ErrorStatus)]
    public async Task SendAsync_Status_DecidesTheOutcome(int statusCode, AttemptOutcome outcome)
    {
        _receiver.Reply(statusCode);
        var result = await SendAsync(Request());
        Assert.That((result.Outcome, result.StatusCode), Is.EqualTo((outcome, (int?)statusCode)));
    }

    [Test]
    public async Task SendAsync_SuccessRangeOfTheProfile_Counts()
    {
        _receiver.Reply(404);
        var profile = WebhookProfiles.StandardWebhooks with { Success = new StatusCodeRange(200, 499) };
        Assert.That((await SendAsync(Request() with { Profile = profile })).Outcome, Is.EqualTo(AttemptOutcome.Succeeded));
    }

    [TestCase(HttpRequestError.NameResolutionError, AttemptOutcome.NameNotResolved)]
    [TestCase(HttpRequestError.ConnectionError, AttemptOutcome.ConnectionFailed)]
    [TestCase(HttpRequestError.SecureConnectionError, AttemptOutcome.TlsFailed)]
    [TestCase(HttpRequestError.ResponseEnded, AttemptOutcome.ConnectionLost)]
    [TestCase(HttpRequestError.InvalidResponse, AttemptOutcome.InvalidResponse)]
    [TestCase(HttpRequestError.Unknown, AttemptOutcome.RequestFailed)]
    public async Task SendAsync_NoAnswer_SaysWhere(HttpRequestError error, AttemptOutcome outcome)
    {
        _receiver.Default.Drop(error);

        var result = await SendAsync(Request());

        Assert.That((result.Outcome, result.StatusCode, result.ResponseBody), Is.EqualTo((outcome, (int?)null, (string?)null)));
        Assert.That(result.Error, Is.Not.Empty);
    }

    [Test]
    public async Task SendAsync_HandlerOfTheHostThrows_IsAFailedRequestAndNoCrash()
    {
        _receiver.Default.Answer((_, _) => throw new InvalidOperationException("handler trouble"));
        var result = await SendAsync(Request());
        Assert.That(result.Outcome, Is.EqualTo(AttemptOutcome.RequestFailed));
        Assert.That(result.Error, Does.Contain("handler trouble"));
    }

    [Test]
    public async Task SendAsync_ConnectionRefused_IsSaidFromTheSocket()
    {
        _receiver.Default.Answer((_, _) => throw new HttpRequestException(HttpRequestError.ConnectionError, "no", new SocketException((int)SocketError.ConnectionRefused)));
        Assert.That((await SendAsync(Request())).Error, Does.Contain("refused"));
    }

    [Test]
    public async Task SendAsync_NoAnswerByTheDeadline_TimesOut()
    {
        _receiver.Default.Hang();

        var sending = SendAsync(Request() with { Timeout = TimeSpan.FromSeconds(2) });
        _clock.Advance(TimeSpan.FromSeconds(2));

        var result = await sending;
        Assert.That((result.Outcome, result.StatusCode, result.Duration), Is.EqualTo((AttemptOutcome.TimedOut, (int?)null, TimeSpan.FromSeconds(2))));
    }

    [Test]
    public async Task SendAsync_Aborted_ThrowsAndSaysNothingOfTheEndpoint()
    {
        _receiver.Default.Hang();
        using var abort = new CancellationTokenSource();

        var sending = SendAsync(Request(), abort: abort.Token);
        await abort.CancelAsync();

        Assert.That(async () => await sending, Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public async Task SendAsync_AbortedAlready_SendsNothing()
    {
        Assert.That(async () => await SendAsync(Request(), abort: new CancellationToken(canceled: true)), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(_receiver.Requests, Is.Empty);
        await Task.CompletedTask;
    }

    [Test]
    public async Task SendAsync_ManyRequests_MakeOneClientAndOneHandler()
    {
        var clients = new Mock<IHttpClientFactory>();
        clients.Setup(f => f.CreateClient(HttpSender.ClientName)).Returns(() => new HttpClient(_receiver, disposeHandler: false));
        var handlers = new Mock<IHttpMessageHandlerFactory>();
        handlers.Setup(f => f.CreateHandler(HttpSender.ClientName)).Returns(_receiver);
        using var http = new HttpSender(clients.Object, handlers.Object, new ClientNames([]));
        var sender = new AttemptSender(http, new EndpointGuard(new()), _options, _clock);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(async _ => await sender.SendAsync(Request(), traceParent: null, CancellationToken.None)));

        clients.Verify(f => f.CreateClient(It.IsAny<string>()), Times.Once);
        handlers.Verify(f => f.CreateHandler(It.IsAny<string>()), Times.Once);
        Assert.That(_receiver.Requests, Has.Count.EqualTo(10));
    }

    [Test]
    public async Task SendAsync_DefaultsOfTheClient_GiveWayToTheRequest()
    {
        using var http = new HttpSender(
            Mock.Of<IHttpClientFactory>(f => f.CreateClient(HttpSender.ClientName) == ClientWithDefaults(_receiver)),
            Mock.Of<IHttpMessageHandlerFactory>(f => f.CreateHandler(HttpSender.ClientName) == _receiver),
            new ClientNames([]));

        await new AttemptSender(http, new EndpointGuard(new()), _options, _clock).SendAsync(Request([("X-Both", "request")]), traceParent: null, CancellationToken.None);

        var headers = _receiver.Requests.Single().Headers;
        Assert.That((headers["User-Agent"], headers["X-Client"], headers["X-Both"]), Is.EqualTo(("Acme/1.0 (tests)", "client", "request")));
    }

    private static HttpClient ClientWithDefaults(HttpMessageHandler handler)
    {
        var client = new HttpClient(handler, disposeHandler: false);
        client.DefaultRequestHeaders.UserAgent.ParseAdd("Acme/1.0 (tests)");
        client.DefaultRequestHeaders.Add("X-Client", "client");
        client.DefaultRequestHeaders.Add("X-Both", "client");
        return client;
    }

    private async Task<DeliveryAttempt> SendAsync(PreparedRequest request, HttpMessageHandler? handler = null, CancellationToken abort = default) =>
        (await SendWholeAsync(request, handler, abort)).Attempt;

    private Task<AttemptResult> SendWholeAsync(PreparedRequest request, HttpMessageHandler? handler = null, CancellationToken abort = default)
    {
        var http = new HttpSender(
            Mock.Of<IHttpClientFactory>(f => f.CreateClient(HttpSender.ClientName) == new HttpClient()),
            Mock.Of<IHttpMessageHandlerFactory>(f => f.CreateHandler(HttpSender.ClientName) == (handler ?? _receiver)),
            new ClientNames([]));
        _senders.Add(http);
        return new AttemptSender(http, new EndpointGuard(new()), _options, _clock).SendAsync(request, traceParent: null, abort).AsTask();
    }

    private static PreparedRequest Request(params (string Name, string Value)[] headers)
    {
        var all = new WebhookHeaders();
        foreach (var (name, value) in headers) all.Add(name, value);
        return new PreparedRequest
        {
            MessageId = "m1",
            BatchId = null,
            BatchSize = 1,
            Content = new WebhookContent { Uri = new Uri(Url), ContentType = "application/json", Body = Encoding.UTF8.GetBytes("{\"a\":1}") },
            Headers = all,
            Timeout = TimeSpan.FromSeconds(15),
            Profile = WebhookProfiles.StandardWebhooks,
        };
    }
}
