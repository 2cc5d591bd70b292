using System.Text.Json;
using WebhookKit.Matching;

namespace WebhookKit;

/// <summary>Something of an event that a filter looks at: made by <see cref="WebhookFilter.Attribute"/> or <see cref="WebhookFilter.Data"/>.</summary>
public abstract record WebhookFilterField
{
    private protected WebhookFilterField()
    {
    }

    /// <summary>It is there and equals a value: a text, a number, true, false or JSON's null.</summary>
    /// <param name="value">The value. An attribute is text; compared with a number it is read as one.</param>
    /// <returns>The condition.</returns>
    public WebhookFilter EqualTo(WebhookFilterValue value) => new FieldFilter(this, FilterOperator.EqualTo, new([value]));

    /// <summary>It is there and equals one of some values.</summary>
    /// <param name="values">The values; at least one.</param>
    /// <returns>The condition.</returns>
    public WebhookFilter In(params ReadOnlySpan<WebhookFilterValue> values) => new FieldFilter(this, FilterOperator.In, new(values.ToArray()));

    /// <summary>It is there, be it null.</summary>
    /// <returns>The condition.</returns>
    public WebhookFilter Exists() => new FieldFilter(this, FilterOperator.Exists, new([]));

    /// <summary>It is a text that begins with another.</summary>
    /// <param name="prefix">How it begins.</param>
    /// <returns>The condition.</returns>
    public WebhookFilter StartsWith(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return new FieldFilter(this, FilterOperator.StartsWith, new([prefix]));
    }

    /// <summary>It is a number below another.</summary>
    /// <param name="value">The other number.</param>
    /// <returns>The condition.</returns>
    public WebhookFilter LessThan(decimal value) => new FieldFilter(this, FilterOperator.LessThan, new([value]));

    /// <summary>It is a number below another or equal to it.</summary>
    /// <param name="value">The other number.</param>
    /// <returns>The condition.</returns>
    public WebhookFilter LessThanOrEqualTo(decimal value) => new FieldFilter(this, FilterOperator.LessThanOrEqualTo, new([value]));

    /// <summary>It is a number above another.</summary>
    /// <param name="value">The other number.</param>
    /// <returns>The condition.</returns>
    public WebhookFilter GreaterThan(decimal value) => new FieldFilter(this, FilterOperator.GreaterThan, new([value]));

    /// <summary>It is a number above another or equal to it.</summary>
    /// <param name="value">The other number.</param>
    /// <returns>The condition.</returns>
    public WebhookFilter GreaterThanOrEqualTo(decimal value) => new FieldFilter(this, FilterOperator.GreaterThanOrEqualTo, new([value]));

    /// <summary>Finds it in an event; false when it is not there.</summary>
    internal abstract bool TryFind(ref FilterSubject subject, out FoundValue found);

    internal abstract void Check(FilterCheck check, string at, WebhookFilterValue[] values);

    internal abstract void Write(Utf8JsonWriter writer);
}
