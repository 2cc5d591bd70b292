using System.Text.Json;

namespace WebhookKit.Matching;

/// <summary>Its term must not hold.</summary>
internal sealed record NotFilter(WebhookFilter Term) : WebhookFilter
{
    internal override bool Matches(ref FilterSubject subject) => !Term.Matches(ref subject);

    internal override void Check(FilterCheck check, string at, int depth)
    {
        if (check.Enter(at, depth)) Term.Check(check, FilterCheck.Below(at, "not"), depth + 1);
    }

    internal override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WritePropertyName("not");
        Term.Write(writer);
        writer.WriteEndObject();
    }
}
