namespace WebhookKit.FunctionalTests.Hostile;

/// <summary>Something that a receiver may do, and what the history has to say of it.</summary>
/// <param name="Name">What it does.</param>
/// <param name="Talk">How.</param>
/// <param name="Outcome">How an attempt ends.</param>
/// <param name="StatusCode">The status that the attempt saw.</param>
/// <param name="Words">What the attempt's error says; <see langword="null"/> for success.</param>
internal sealed record HostileCase(string Name, Func<SocketPeer, Task> Talk, AttemptOutcome Outcome, int? StatusCode, string? Words)
{
    /// <summary>What the kept part of the answer's body begins with.</summary>
    public string BodyStart { get; init; } = "";

    /// <summary>Attempts that only their deadline ends have a short one, in which the head of an answer comes on a busy machine too; the others must not need theirs.</summary>
    public static WebhookProfile Short { get; } = WebhookProfiles.StandardWebhooks with { Name = "short", Timeout = TimeSpan.FromSeconds(1), Retry = RetrySchedule.None };

    public static WebhookProfile Long { get; } = Short with { Name = "long", Timeout = TimeSpan.FromSeconds(30) };

    public WebhookProfile Profile => Outcome == AttemptOutcome.TimedOut ? Short : Long;

    /// <summary>Reads a request and answers with these bytes, for every request of a connection.</summary>
    public static Func<SocketPeer, Task> Answer(string text) => async peer =>
    {
        while (await peer.ReadRequestAsync() is not null) await peer.WriteAsync(text);
    };

    /// <summary>Reads a request, sends these bytes and closes.</summary>
    public static Func<SocketPeer, Task> AnswerAndClose(string text) => async peer =>
    {
        await peer.ReadRequestAsync();
        await peer.WriteAsync(text);
    };

    /// <summary>Reads a request, sends these bytes and then the others for ever.</summary>
    public static Func<SocketPeer, Task> AnswerForEver(string text, string forEver)
    {
        // Many at once, so that the test does not spend its time on system calls.
        var bytes = System.Text.Encoding.Latin1.GetBytes(string.Concat(Enumerable.Repeat(forEver, 1 + 8000 / forEver.Length)));
        return async peer =>
        {
            await peer.ReadRequestAsync();
            await peer.WriteAsync(text);
            await peer.WriteForEverAsync(bytes);
        };
    }

    public override string ToString() => Name;
}
