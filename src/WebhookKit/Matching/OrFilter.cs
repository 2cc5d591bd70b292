using System.Text.Json;

namespace WebhookKit.Matching;

/// <summary>One of its terms must hold; at least one term.</summary>
internal sealed record OrFilter(ValueList<WebhookFilter> Terms) : WebhookFilter
{
    /// <summary>Joins two filters; what is joined already stays one list, so that a long chain is not a deep tree.</summary>
    public static OrFilter Join(WebhookFilter left, WebhookFilter right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        return new OrFilter(new ValueList<WebhookFilter>([.. TermsOf(left), .. TermsOf(right)]));
    }

    internal override bool Matches(ref FilterSubject subject)
    {
        foreach (var term in Terms.Items)
        {
            if (term.Matches(ref subject)) return true;
        }

        return false;
    }

    internal override void Check(FilterCheck check, string at, int depth) => check.Terms(at, "or", Terms.Items, depth);

    internal override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("or");
        foreach (var term in Terms.Items) term.Write(writer);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static WebhookFilter[] TermsOf(WebhookFilter filter) => filter is OrFilter joined ? joined.Terms.Items : [filter];
}
