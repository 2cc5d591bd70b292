using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using WebhookKit.Matching;

namespace WebhookKit;

/// <summary>What a filter compares with: a text, a number, true, false or (the default) null. Made by implicit conversion.</summary>
[SuppressMessage("Usage", "CA2225:Operator overloads have named alternates", Justification = "A bridge for arguments; nobody names it.")]
public readonly record struct WebhookFilterValue
{
    // Undefined, the kind of an untouched struct, stands for null, so that default and null are equal.
    private readonly JsonValueKind _kind;

    private WebhookFilterValue(JsonValueKind kind, string? text = null, FilterNumber number = default) =>
        (_kind, Text, Number) = (kind, text, number);

    internal WebhookFilterValue(FilterNumber number)
        : this(JsonValueKind.Number, number: number)
    {
    }

    internal JsonValueKind Kind => _kind is JsonValueKind.Undefined ? JsonValueKind.Null : _kind;

    internal string? Text { get; }

    internal FilterNumber Number { get; }

    /// <summary>A text, or null.</summary>
    /// <param name="text">The text.</param>
    public static implicit operator WebhookFilterValue(string? text) => text is null ? default : new(JsonValueKind.String, text);

    /// <summary>True or false.</summary>
    /// <param name="flag">Which.</param>
    public static implicit operator WebhookFilterValue(bool flag) => new(flag ? JsonValueKind.True : JsonValueKind.False);

    /// <summary>A whole number.</summary>
    /// <param name="number">The number.</param>
    public static implicit operator WebhookFilterValue(long number) => new(FilterNumber.From((decimal)number));

    /// <summary>A decimal number.</summary>
    /// <param name="number">The number.</param>
    public static implicit operator WebhookFilterValue(decimal number) => new(FilterNumber.From(number));

    /// <summary>A floating-point number: its shortest decimal text counts, so 0.1 equals the JSON number 0.1.</summary>
    /// <param name="number">The number.</param>
    public static implicit operator WebhookFilterValue(double number) => new(FilterNumber.From(number));

    /// <summary>The value as people write it.</summary>
    /// <returns>The text itself, the number, <c>true</c>, <c>false</c> or <c>null</c>.</returns>
    public override string ToString() => Kind switch
    {
        JsonValueKind.String => Text!,
        JsonValueKind.Number => Number.ToString(),
        JsonValueKind.Null => "null",
        _ => Kind is JsonValueKind.True ? "true" : "false",
    };

    internal void Write(Utf8JsonWriter writer)
    {
        if (Kind is JsonValueKind.String) writer.WriteStringValue(Text);
        else writer.WriteRawValue(ToString(), skipInputValidation: true);
    }
}
