using System.Text.Json;
using WebhookKit.Matching;

namespace WebhookKit.Tests.Matching;

/// <summary>Lets all pass and keeps what it saw of the data.</summary>
internal sealed record SpyFilter : WebhookFilter
{
    public JsonElement Seen { get; private set; }

    internal override bool Matches(ref FilterSubject subject)
    {
        subject.TryGetData(out var root);
        Seen = root;
        return true;
    }

    internal override void Check(FilterCheck check, string at, int depth) => throw new NotSupportedException();

    internal override void Write(Utf8JsonWriter writer) => throw new NotSupportedException();
}
