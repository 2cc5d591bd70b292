using System.Text.Json;

namespace WebhookKit.Matching;

/// <summary>All of its terms must hold; at least one term.</summary>
internal sealed record AndFilter(ValueList<WebhookFilter> Terms) : WebhookFilter
{
    /// <summary>Joins two filters; what is joined already stays one list, so that a long chain is not a deep tree.</summary>
    public static AndFilter Join(WebhookFilter left, WebhookFilter right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new AndFilter(new ValueList<WebhookFilter>([.. TermsOf(left), .. TermsOf(right)]));
    }

    internal override bool Matches(ref FilterSubject subject)
    {
        foreach (var term in Terms.Items)
        {
            if (!term.Matches(ref subject)) return false;
        }

        return true;
    }

    internal override void Check(FilterCheck check, string at, int depth) => check.Terms(at, "and", Terms.Items, depth);

    internal override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("and");
        foreach (var term in Terms.Items) term.Write(writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static WebhookFilter[] TermsOf(WebhookFilter filter) => filter is AndFilter joined ? joined.Terms.Items : [filter];
}
