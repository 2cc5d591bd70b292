namespace QuickStart;

/// <summary>What the command line says.</summary>
internal sealed record Options(string? File = null, string? Store = null, bool ShowHelp = false, string? Error = null)
{
    public const string Help = """
        QuickStart: publishes events as webhooks to five local endpoints and checks what arrives.

        Usage: dotnet run --project samples/QuickStart [-- [--store DATABASE] [FILE | -]]

          FILE              events to publish, one JSON object a line; default: the sample's own events.jsonl
          -                 read them from standard input
          --store DATABASE  keep everything in this SQLite file instead of in memory; it is made if it is not there
          -h, --help        show this text

        A line:
          {"id":"evt_1","type":"subscriber.created","occurred_at":"2026-03-02T08:00:00Z","data":{"email":"ada@example.com"}}
          type and data are required. Blank lines are skipped. An id that is left out is made from the line and its number.

        With --store, a run that was stopped half-way (Ctrl+C, or even kill -9) is finished by running the same again: what
        an earlier run has published is not published again, and what it has not delivered is delivered now. What it had
        sent when it was killed, but not yet noted as delivered, comes a second time. One run at a time, please.

        The endpoints: one answers well, one fails twice and recovers, one takes batches, one is slow, one answers 410
        (and is disabled for it). The receiver verifies every signature.

        Exit code: 0 every event owed was received and verified exactly once, or delivered by an earlier run
                   1 a line was bad (the rest was delivered), an event is missing or came twice, or the run was stopped
                   2 the command line, the file or the database cannot be used
        """;

    public static Options Parse(string[] args)
    {
        if (args.Any(arg => arg is "-h" or "--help")) return new Options(ShowHelp: true);
        string? store = null;
        List<string> rest = [.. args];
        if (rest.IndexOf("--store") is >= 0 and var at)
        {
            store = rest.ElementAtOrDefault(at + 1);
            if (store is null || store.StartsWith('-')) return new Options(Error: "--store needs the path of a database.");
            rest.RemoveRange(at, 2);
        }

        if (rest.Find(arg => arg.StartsWith('-') && arg != "-") is { } unknown) return new Options(Error: $"Unknown option '{unknown}'.");
        if (rest.Count > 1) return new Options(Error: $"One file at a time, please: there are {rest.Count}.");
        return new Options(rest.FirstOrDefault(), store);
    }
}
