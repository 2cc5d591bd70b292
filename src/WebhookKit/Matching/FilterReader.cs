using System.Text.Json;

namespace WebhookKit.Matching;

/// <summary>Reads filters from JSON. Says where by the same names as the check: <c>and[1].not</c>.</summary>
internal static class FilterReader
{
    // Far more than a filter within its limits needs, so that one that is too deep hears of the limit in our words.
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 128, AllowDuplicateProperties = false };

    private static readonly Dictionary<string, FilterOperator> Operators =
        Enum.GetValues<FilterOperator>().ToDictionary(o => JsonNamingPolicy.CamelCase.ConvertName(o.ToString()));

    private static readonly string OperatorNames = string.Join(", ", Operators.Keys);

    public static WebhookFilter Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return Read(document.RootElement, "");
        }
        catch (JsonException e)
        {
            throw Refusal("", $"it is not JSON: {e.Message}", e);
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException)
        {
            throw Refusal("", "it has a text with half a character (an unpaired surrogate). Remove it.", e);
        }
    }

    private static WebhookFilter Read(JsonElement element, string at)
    {
        if (element.ValueKind is not JsonValueKind.Object)
            throw Refusal(at, $"expected an object such as {{\"data\":\"$.plan\",\"equalTo\":\"pro\"}} instead of {Kind(element)}.");
        WebhookFilterField? field = null;
        JsonProperty? condition = null;
        foreach (var property in element.EnumerateObject())
        {
            switch (property.Name)
            {
                case "and" or "or" or "not" when element.GetPropertyCount() > 1:
                    throw Refusal(at, $"'{property.Name}' stands alone in its object. Put the rest inside it.");
                case "and":
                    return new AndFilter(ReadTerms(property, at));
                case "or":
                    return new OrFilter(ReadTerms(property, at));
                case "not":
                    return new NotFilter(Read(property.Value, FilterCheck.Below(at, "not")));
                case "data" or "attribute" when field is not null:
                    throw Refusal(at, "it has both 'data' and 'attribute'. Make two conditions of it and join them by 'and'.");
                case "data":
                    field = WebhookFilter.Data(ReadText(property, at));
                    break;
                case "attribute":
                    field = WebhookFilter.Attribute(ReadText(property, at));
                    break;
                case var name when !Operators.ContainsKey(name):
                    throw Refusal(at, $"{Quote.Of(name)} is unknown. Use and, or, not, or data or attribute with one of: {OperatorNames}.");
                case var name when condition is { } first:
                    throw Refusal(at, $"it has both '{first.Name}' and '{name}'. Make two conditions of it and join them by 'and'.");
                default:
                    condition = property;
                    break;
            }
        }

        if (field is null) throw Refusal(at, "it does not say what to look at. Add \"data\" with a path or \"attribute\" with a name.");
        if (condition is not { } one) throw Refusal(at, $"it does not say how to compare. Add one of: {OperatorNames}.");
        return ReadCondition(field, one, at);
    }

    private static WebhookFilter ReadCondition(WebhookFilterField field, JsonProperty condition, string at)
    {
        var operand = condition.Value;
        switch (Operators[condition.Name])
        {
            case FilterOperator.Exists:
                if (operand.ValueKind is not (JsonValueKind.True or JsonValueKind.False))
                    throw Refusal(at, $"'exists' needs true or false instead of {Kind(operand)}.");
                return operand.GetBoolean() ? field.Exists() : !field.Exists();
            case FilterOperator.In:
                if (operand.ValueKind is not JsonValueKind.Array)
                    throw Refusal(at, $"'in' needs an array such as [\"API\",\"Console\"] instead of {Kind(operand)}.");
                return field.In([.. operand.EnumerateArray().Select(value => ReadValue("in", value, at))]);
            case FilterOperator.EqualTo:
                return field.EqualTo(ReadValue("equalTo", operand, at));
            case FilterOperator.StartsWith:
                return field.StartsWith(ReadText(condition, at));
            case var comparison:
                if (operand.ValueKind is not JsonValueKind.Number)
                    throw Refusal(at, $"'{condition.Name}' needs a number instead of {Kind(operand)}.");
                return new FieldFilter(field, comparison, new([ReadValue(condition.Name, operand, at)]));
        }
    }

    private static ValueList<WebhookFilter> ReadTerms(JsonProperty property, string at)
    {
        if (property.Value.ValueKind is not JsonValueKind.Array)
            throw Refusal(at, $"'{property.Name}' needs an array of filters instead of {Kind(property.Value)}.");
        return new([.. property.Value.EnumerateArray().Select((term, i) => Read(term, FilterCheck.Below(at, $"{property.Name}[{i}]")))]);
    }

    private static string ReadText(JsonProperty property, string at) => property.Value.ValueKind is JsonValueKind.String
        ? property.Value.GetString()!
        : throw Refusal(at, $"'{property.Name}' needs a text instead of {Kind(property.Value)}.");

    private static WebhookFilterValue ReadValue(string name, JsonElement element, string at) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null,
        JsonValueKind.Number when FilterNumber.TryRead(element, out var number) => new WebhookFilterValue(number),
        _ => throw Refusal(at, $"'{name}' compares with text, numbers, true, false and null, not with {Kind(element)}."),
    };

    private static string Kind(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => $"the text {Quote.Of(element.GetString())}",
        _ => Quote.Of(element.GetRawText()),
    };

    private static WebhookValidationException Refusal(string at, string message, Exception? cause = null) =>
        new([FilterCheck.Error(at, message)], cause);
}
