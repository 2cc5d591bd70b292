using System.IO.Compression;
using System.Text;
using static WebhookKit.AttemptOutcome;
using static WebhookKit.FunctionalTests.Hostile.HostileCase;

namespace WebhookKit.FunctionalTests.Hostile;

/// <summary>What receivers without TLS do to attempts.</summary>
internal static class HostileCases
{
    private const string Ok = "HTTP/1.1 200 OK\r\n";
    private const string Chunked = Ok + "Transfer-Encoding: chunked\r\n\r\n";
    private const string StillPacked = "\u001f\ufffd\b";
    private const string Late = "did not answer completely within 1 s";
    private const string Lost = "connection was lost before the answer was complete";
    private const string NotHttp = "not valid HTTP";
    private const string TooLong = "too many or too long headers";

    public static IEnumerable<HostileCase> All => [.. Slow, .. Endless, .. Lengths, .. Cut, .. Statuses, .. Chunks, .. OtherTongues];

    private static HostileCase[] Slow =>
    [
        new("accepts and never answers", p => p.WhenClosedAsync(), TimedOut, null, Late),
        new("dribbles the status line", Dribble("HTTP/1.1 200 OK"), TimedOut, null, Late),
        new("dribbles headers", Dribble("X: x\r\n", after: Ok), TimedOut, null, Late),
        new("dribbles a body", Dribble("x", after: Ok + "\r\n"), TimedOut, 200, Late),
        new("dribbles a body of known length", Dribble("x", after: Ok + "Content-Length: 1000000\r\n\r\n"), TimedOut, 200, Late),
        new("dribbles chunks", Dribble("1\r\nx\r\n", after: Chunked), TimedOut, 200, Late),
        new("switches protocols and is silent", Answer("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n"), TimedOut, 101, Late),
    ];

    private static HostileCase[] Endless =>
    [
        new("floods 100 Continue", AnswerForEver("", "HTTP/1.1 100 Continue\r\n\r\n"), InvalidResponse, null, TooLong),
        new("floods 103 with headers", AnswerForEver("", "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), InvalidResponse, null, TooLong),
        new("endless status line", AnswerForEver("HTTP/1.1 200 ", "O"), InvalidResponse, null, TooLong),
        new("endless headers", AnswerForEver(Ok, "X-A: b\r\n"), InvalidResponse, null, TooLong),
        new("endless header line", AnswerForEver(Ok + "X: ", "x"), InvalidResponse, null, TooLong),
        new("endless body", AnswerForEver(Ok + "\r\n", "x"), Succeeded, 200, null),
        new("endless body of an error", AnswerForEver("HTTP/1.1 500 No\r\n\r\n", "x"), ErrorStatus, 500, "answered 500"),
        new("endless chunks", AnswerForEver(Chunked, "1\r\nx\r\n"), Succeeded, 200, null),
        new("endless binary body", AnswerForEver(Ok + "\r\n", "\0\u00ff\u0080"), Succeeded, 200, null),
        new("decompression bomb", Bomb("200 OK"), Succeeded, 200, null) { BodyStart = StillPacked },
        new("decompression bomb with an error", Bomb("500 No"), ErrorStatus, 500, "answered 500") { BodyStart = StillPacked },
    ];

    private static HostileCase[] Lengths =>
    [
        new("length too long, then closes", AnswerAndClose(Ok + "Content-Length: 100\r\n\r\nhello"), ConnectionLost, 200, Lost),
        new("length too long, then is silent", Answer(Ok + "Content-Length: 100\r\n\r\nhello"), TimedOut, 200, Late),
        new("length of exabytes, then closes", AnswerAndClose(Ok + "Content-Length: 9223372036854775807\r\n\r\nhello"), ConnectionLost, 200, Lost),
        new("length too short", Answer(Ok + "Content-Length: 2\r\n\r\nok, and more"), Succeeded, 200, null),
        new("length below zero", AnswerAndClose(Ok + "Content-Length: -5\r\n\r\nhello"), Succeeded, 200, null),
        new("length no number", AnswerAndClose(Ok + "Content-Length: many\r\n\r\nhello"), Succeeded, 200, null),
    ];

    private static HostileCase[] Cut =>
    [
        new("closes at once", _ => Task.CompletedTask, ConnectionLost, null, Lost),
        new("closes without an answer", AnswerAndClose(""), ConnectionLost, null, Lost),
        new("closes in the status line", AnswerAndClose("HTTP/1.1 20"), ConnectionLost, null, Lost),
        new("closes in the headers", AnswerAndClose(Ok + "Content-Ty"), ConnectionLost, null, Lost),
        new("closes in a body of known length", AnswerAndClose(Ok + "Content-Length: 9\r\n\r\nhel"), ConnectionLost, 200, Lost),
        new("resets at once", Reset(null), ConnectionLost, null, Lost),
        new("resets in the headers", Reset(Ok + "X: "), ConnectionLost, null, Lost),
        new("resets in the body", Reset(Ok + "Content-Length: 9\r\n\r\nhel"), ConnectionLost, 200, Lost),
    ];

    private static HostileCase[] Statuses =>
    [
        Status("000", ErrorStatus, 0, "answered 0, which is not a status of HTTP"),
        Status("099", ErrorStatus, 99, "answered 99, which is not a status of HTTP"),
        Status("600", ErrorStatus, 600, "answered 600, which is not a status of HTTP"),
        Status("999", ErrorStatus, 999, "answered 999, which is not a status of HTTP"),
        new("redirect to metadata", Answer("HTTP/1.1 307 Elsewhere\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"), ErrorStatus, 307, "a redirect, which is not followed"),
        Status("20", InvalidResponse, null, NotHttp),
        Status("2000", InvalidResponse, null, NotHttp),
        Status("-20", InvalidResponse, null, NotHttp),
        Status("abc", InvalidResponse, null, NotHttp),
        Status("", InvalidResponse, null, NotHttp),
    ];

    private static HostileCase[] Chunks =>
    [
        new("chunk size no number", Answer(Chunked + "zz\r\nhello\r\n0\r\n\r\n"), InvalidResponse, 200, NotHttp),
        new("chunk size below zero", Answer(Chunked + "-1\r\nhello\r\n0\r\n\r\n"), InvalidResponse, 200, NotHttp),
        new("chunk size beyond all numbers", Answer(Chunked + "ffffffffffffffffff\r\nhello\r\n0\r\n\r\n"), InvalidResponse, 200, NotHttp),
        new("chunk longer than its size", Answer(Chunked + "2\r\nhello\r\n0\r\n\r\n"), InvalidResponse, 200, NotHttp),
        new("endless chunk size", AnswerForEver(Chunked, "0"), InvalidResponse, 200, NotHttp),
        new("endless chunk extension", AnswerForEver(Chunked + "5;", "x"), InvalidResponse, 200, NotHttp),
        new("endless trailers", AnswerForEver(Chunked + "0\r\n", "X-A: b\r\n"), InvalidResponse, 200, TooLong),
        new("no last chunk, then closes", AnswerAndClose(Chunked + "5\r\nhello\r\n"), ConnectionLost, 200, Lost),
        new("no last chunk, then is silent", Answer(Chunked + "5\r\nhello\r\n"), TimedOut, 200, Late),
    ];

    private static HostileCase[] OtherTongues =>
    [
        new("SSH", Greet("SSH-2.0-OpenSSH_9.6\r\n"), InvalidResponse, null, NotHttp),
        new("SMTP", Greet("220 mail.example ESMTP\r\n"), InvalidResponse, null, NotHttp),
        new("TLS alert", Greet("\u0015\u0003\u0003\0\u0002\u0002\u0046"), TimedOut, null, Late),
        new("HTTP/2 settings", Greet("\0\0\u0012\u0004\0\0\0\0\0\0\u0003\0\0\0\u0080\0\u0004\0\u0001\0\0\0\u0005\0\u00ff\u00ff\u00ff"), TimedOut, null, Late),
        new("HTML without a head", AnswerAndClose("<html>hello</html>\r\n"), InvalidResponse, null, NotHttp),
        new("header without a colon", Answer(Ok + "hello\r\n\r\n"), InvalidResponse, null, NotHttp),
        new("HTTP/3.0", Answer("HTTP/3.0 200 OK\r\n\r\n"), InvalidResponse, null, NotHttp),
        new("binary noise, then closes", AnswerAndClose("\u0001\u0002\u0003\0\u00ff\u00fe"), ConnectionLost, null, Lost),
        new("endless binary noise", AnswerForEver("", "\u0001\0\u00ff\u0080"), InvalidResponse, null, TooLong),
    ];

    private static HostileCase Status(string status, AttemptOutcome outcome, int? statusCode, string words) =>
        new($"status '{status}'", Answer($"HTTP/1.1 {status} Odd\r\nContent-Length: 0\r\n\r\n"), outcome, statusCode, words);

    private static Func<SocketPeer, Task> Dribble(string text, string after = "") => async peer =>
    {
        await peer.ReadRequestAsync();
        await peer.WriteAsync(after);
        await peer.DribbleAsync(Encoding.Latin1.GetBytes(text));
    };

    /// <summary>Says something without being asked, and then waits.</summary>
    private static Func<SocketPeer, Task> Greet(string text) => async peer =>
    {
        await peer.WriteAsync(text);
        await peer.WhenClosedAsync();
    };

    private static Func<SocketPeer, Task> Reset(string? after) => async peer =>
    {
        if (after is not null)
        {
            await peer.ReadRequestAsync();
            await peer.WriteAsync(after);
        }

        peer.Reset();
    };

    /// <summary>Sixty-four mebibytes of zeros, packed.</summary>
    private static Func<SocketPeer, Task> Bomb(string status)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var zeros = new byte[1024 * 1024];
            for (var i = 0; i < 64; i++) gzip.Write(zeros);
        }

        var bytes = packed.ToArray();
        var head = $"HTTP/1.1 {status}\r\nContent-Encoding: gzip\r\nContent-Length: {bytes.Length}\r\n\r\n";
        return async peer =>
        {
            await peer.ReadRequestAsync();
            await peer.WriteAsync(head);
            await peer.WriteAsync(bytes);
            await peer.WhenClosedAsync();
        };
    }
}
