namespace WebhookKit.Signing;

/// <summary>An item of a structured field: an integer, a string, or, with neither, one of another type.</summary>
internal readonly record struct StructuredFieldItem(long? Integer, string? Text)
{
    public StructuredFieldItem(long integer) : this(integer, null) { }

    public StructuredFieldItem(string text) : this(null, text) { }
}
