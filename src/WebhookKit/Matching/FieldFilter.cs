using System.Text.Json;

namespace WebhookKit.Matching;

/// <summary>One condition: a field, an operator, and what it compares with (none for exists, any number for in, else one).</summary>
internal sealed record FieldFilter(WebhookFilterField Field, FilterOperator Operator, ValueList<WebhookFilterValue> Values) : WebhookFilter
{
    internal override bool Matches(ref FilterSubject subject)
    {
        try
        {
            return Field.TryFind(ref subject, out var found) && Holds(found);
        }
        catch (InvalidOperationException)
        {
            // JSON may escape half a character ("\ud800"), which no .NET string is made of: such text equals nothing.
            return false;
        }
    }

    internal override void Check(FilterCheck check, string at, int depth)
    {
        if (!check.Enter(at, depth) || !check.Condition(at, Values.Items.Length)) return;
        Field.Check(check, at, Values.Items);
        if (Operator is FilterOperator.In && Values.Items.Length == 0)
            check.Add(at, "'in' names no values, so it could never hold. Name at least one.");
        foreach (var value in Values.Items)
        {
            if (value.Kind is JsonValueKind.String) check.Text(at, "text", value.Text!);
            else if (!value.Number.IsFinite) check.Add(at, $"{value} is not a number that JSON can hold. Use a finite one.");
        }
    }

    internal override void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        Field.Write(writer);
        writer.WritePropertyName(JsonNamingPolicy.CamelCase.ConvertName(Operator.ToString()));
        if (Operator is FilterOperator.Exists) writer.WriteBooleanValue(true);
        else if (Operator is not FilterOperator.In) Values.Items[0].Write(writer);
        else
        {
            writer.WriteStartArray();
            foreach (var value in Values.Items) value.Write(writer);
            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private bool Holds(in FoundValue found) => Operator switch
    {
        FilterOperator.Exists => true,
        FilterOperator.StartsWith => found.StartsWith(Values.Items[0].Text!),
        FilterOperator.LessThan => found.CompareTo(Values.Items[0]) < 0,
        FilterOperator.LessThanOrEqualTo => found.CompareTo(Values.Items[0]) <= 0,
        FilterOperator.GreaterThan => found.CompareTo(Values.Items[0]) > 0,
        FilterOperator.GreaterThanOrEqualTo => found.CompareTo(Values.Items[0]) >= 0,
        _ => EqualsAny(found),
    };

    private bool EqualsAny(in FoundValue found)
    {
        foreach (ref readonly var value in Values.Items.AsSpan())
        {
            if (found.EqualTo(value)) return true;
        }

        return false;
    }
}
