using System.Text.Json;

namespace WebhookKit.Matching;

/// <summary>An attribute of the event.</summary>
internal sealed record AttributeField(string Name) : WebhookFilterField
{
    internal override bool TryFind(ref FilterSubject subject, out FoundValue found)
    {
        var isThere = subject.Event.Attributes.TryGetValue(Name, out var text) && text is not null;
        found = isThere ? new FoundValue(text!) : default;
        return isThere;
    }

    internal override void Check(FilterCheck check, string at, WebhookFilterValue[] values)
    {
        check.Text(at, "attribute name", Name);
        if (Name.Length == 0) check.Add(at, "the attribute name is empty. Name an attribute of the event, such as 'source'.");
        foreach (var value in values)
        {
            if (value.Kind is JsonValueKind.Null or JsonValueKind.True or JsonValueKind.False)
                check.Add(at, $"attribute {Quote.Of(Name)} is compared with {value}, but attributes are text. Compare it with a text, or use exists.");
        }
    }

    internal override void Write(Utf8JsonWriter writer) => writer.WriteString("attribute", Name);
}
