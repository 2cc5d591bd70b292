using System.Text.Json;

namespace WebhookKit.Matching;

/// <summary>What a field was found to be: an attribute's text or an element of the data.</summary>
internal readonly struct FoundValue
{
    private readonly string? _attribute;
    private readonly JsonElement _element;

    public FoundValue(string attribute) => _attribute = attribute;

    public FoundValue(JsonElement element) => _element = element;

    public bool EqualTo(in WebhookFilterValue value) => value.Kind switch
    {
        JsonValueKind.Number => CompareTo(value) == 0,
        JsonValueKind.String when _attribute is not null => _attribute == value.Text,
        JsonValueKind.String => _element.ValueKind is JsonValueKind.String && _element.ValueEquals(value.Text),
        var kind => _attribute is null && _element.ValueKind == kind,
    };

    public bool StartsWith(string prefix) =>
        (_attribute ?? (_element.ValueKind is JsonValueKind.String ? _element.GetString() : null))
            ?.StartsWith(prefix, StringComparison.Ordinal) ?? false;

    /// <summary>How it compares with a number; null when it is none.</summary>
    public int? CompareTo(in WebhookFilterValue value)
    {
        var isNumber = _attribute is not null
            ? FilterNumber.TryParse(_attribute, out var number)
            : FilterNumber.TryRead(_element, out number);
        return isNumber ? number.CompareTo(value.Number) : null;
    }
}
