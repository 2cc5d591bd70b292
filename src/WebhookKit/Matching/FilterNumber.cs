using System.Globalization;
using System.Text.Json;

namespace WebhookKit.Matching;

/// <summary>
/// A number as filters compare it: a decimal, which holds 64-bit integers and amounts of money exactly, or a double where a
/// decimal does not reach (beyond 7.9e28, or so small that it would become zero).
/// </summary>
internal readonly record struct FilterNumber : IComparable<FilterNumber>
{
    private const NumberStyles Styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private readonly decimal _decimal;
    private readonly double? _double;

    private FilterNumber(decimal value) => _decimal = value;

    private FilterNumber(double value) => _double = value;

    public bool IsFinite => _double is not { } value || double.IsFinite(value);

    private double AsDouble => _double ?? (double)_decimal;

    public static FilterNumber From(decimal value) => new(value);

    /// <summary>By its shortest text: the cast to decimal would cut it to 15 digits.</summary>
    public static FilterNumber From(double value) =>
        TryParse(value.ToString("R", CultureInfo.InvariantCulture), out var number) ? number : new(value);

    public static bool TryParse(string text, out FilterNumber number)
    {
        double approximate = 0;
        if (decimal.TryParse(text, Styles, CultureInfo.InvariantCulture, out var exact)
            && (exact != 0 || !double.TryParse(text, Styles, CultureInfo.InvariantCulture, out approximate) || approximate == 0))
        {
            number = new(exact);
            return true;
        }

        var read = approximate != 0 || double.TryParse(text, Styles, CultureInfo.InvariantCulture, out approximate);
        number = new(approximate);
        return read && !double.IsNaN(approximate);
    }

    /// <summary>Reads a JSON number. False when it is another kind of value.</summary>
    public static bool TryRead(JsonElement element, out FilterNumber number)
    {
        number = default;
        if (element.ValueKind is not JsonValueKind.Number) return false;
        if (element.TryGetDecimal(out var exact) && (exact != 0 || !element.TryGetDouble(out var tiny) || tiny == 0))
        {
            number = new(exact);
            return true;
        }

        var read = element.TryGetDouble(out var approximate);
        number = new(approximate);
        return read;
    }

    public int CompareTo(FilterNumber other) =>
        _double is null && other._double is null ? _decimal.CompareTo(other._decimal) : AsDouble.CompareTo(other.AsDouble);

    public override string ToString() =>
        _double?.ToString("R", CultureInfo.InvariantCulture) ?? _decimal.ToString(CultureInfo.InvariantCulture);
}
