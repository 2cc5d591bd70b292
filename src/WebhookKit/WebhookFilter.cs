using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using WebhookKit.Matching;

namespace WebhookKit;

/// <summary>A condition on an event's attributes and data: a value, not a script.</summary>
/// <remarks>
/// <para>
/// Immutable; two filters that say the same in the same order are equal. Conditions begin with <see cref="Data"/> or
/// <see cref="Attribute"/> and are joined by <c>&amp;</c>, <c>|</c> and <c>!</c>:
/// </para>
/// <code>WebhookFilter.Data("$.plan").EqualTo("pro") &amp; !WebhookFilter.Attribute("source").In("API", "Console")</code>
/// <para>
/// A condition on something that the event does not have is false (so its negation is true). Text is compared exactly, by
/// code unit. Numbers are compared by value (1 equals 1.0): as decimals if both fit, else as doubles. A text in the data is
/// not a number. Data that is not valid JSON in UTF-8, is nested more than 64 deep, or has another media type meets no condition.
/// </para>
/// <para>As JSON (<see cref="ToJson"/>, <see cref="Parse"/>), a filter is an object of one of these shapes:</para>
/// <code>
/// {"and":[filter, ...]}   {"or":[filter, ...]}   {"not":filter}
/// {"data":"$.plan","equalTo":"pro"}                      text, number, true, false or null
/// {"attribute":"source","in":["API","Console"]}          any of these
/// {"data":"$.email","exists":true}                       false is read as "not"
/// {"data":"$.email","startsWith":"ada@"}
/// {"data":"$.total","lessThan":10}                       also lessThanOrEqualTo, greaterThan, greaterThanOrEqualTo
/// </code>
/// <para>
/// Limits, checked when a subscription is created or changed: 16 levels, 100 conditions, 1,000 values to compare with,
/// 1,024 characters in each path, name and text.
/// </para>
/// </remarks>
public abstract record WebhookFilter
{
    private protected WebhookFilter()
    {
    }

    /// <summary>Begins a condition on an attribute of the event (<see cref="WebhookEvent.Attributes"/>).</summary>
    /// <param name="name">The attribute's name.</param>
    /// <returns>The attribute, to be compared with something.</returns>
    public static WebhookFilterField Attribute(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new AttributeField(name);
    }

    /// <summary>Begins a condition on a part of the event's data (<see cref="WebhookEvent.Data"/>).</summary>
    /// <param name="path">
    /// Where it is: <c>$.a.b</c>, <c>$.items[0].id</c> or <c>$['odd name']</c>; <c>$</c> alone is the whole. Of properties with
    /// the same name the last one counts. A bad path is refused when the subscription is created.
    /// </param>
    /// <returns>The part, to be compared with something.</returns>
    public static WebhookFilterField Data(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new DataField(path);
    }

    /// <summary>Both must hold.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    /// <returns>The joint filter.</returns>
    public static WebhookFilter operator &(WebhookFilter left, WebhookFilter right) => AndFilter.Join(left, right);

    /// <summary>At least one must hold.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    /// <returns>The joint filter.</returns>
    public static WebhookFilter operator |(WebhookFilter left, WebhookFilter right) => OrFilter.Join(left, right);

    /// <summary>It must not hold.</summary>
    /// <param name="filter">The filter.</param>
    /// <returns>Its negation.</returns>
    public static WebhookFilter operator !(WebhookFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return new NotFilter(filter);
    }

    /// <summary>Reads a filter from JSON text of the shape shown above.</summary>
    /// <param name="json">The text.</param>
    /// <returns>The filter.</returns>
    /// <exception cref="WebhookValidationException">Something is wrong with it; field <c>Filter</c>, and the message says what and where.</exception>
    public static WebhookFilter Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        var filter = FilterReader.Read(json);
        filter.ThrowIfInvalid();
        return filter;
    }

    /// <summary>Writes the filter as compact JSON text, from which <see cref="Parse"/> makes an equal one.</summary>
    /// <returns>The text. It is JSON, not HTML: encode it before you put it into a page.</returns>
    /// <exception cref="WebhookValidationException">The filter has a bad path or exceeds a limit.</exception>
    public string ToJson()
    {
        ThrowIfInvalid();
        return WriteText();
    }

    /// <summary>The filter as JSON text; what is wrong with it if it has none.</summary>
    /// <returns>A text for people.</returns>
    public sealed override string ToString() => Validate() is [var first, ..] ? $"(invalid: {first.Message})" : WriteText();

    internal IReadOnlyList<WebhookFieldError> Validate()
    {
        var check = new FilterCheck();
        Check(check, "", depth: 1);
        return check.Errors;
    }

    internal abstract bool Matches(ref FilterSubject subject);

    /// <summary>Reports what is wrong. Called before anything else walks the tree, so it must stop where <paramref name="check"/> says.</summary>
    internal abstract void Check(FilterCheck check, string at, int depth);

    internal abstract void Write(Utf8JsonWriter writer);

    private void ThrowIfInvalid()
    {
        if (Validate() is { Count: > 0 } errors) throw new WebhookValidationException(errors);
    }

    private string WriteText()
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        // Relaxed: people read it, and the default encoder would make \u0027 of the quotes in a path.
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            Write(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
