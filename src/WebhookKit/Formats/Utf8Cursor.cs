namespace WebhookKit.Formats;

/// <summary>Writes one piece after another into a span that was measured to hold them all.</summary>
internal ref struct Utf8Cursor(Span<byte> destination)
{
    public Span<byte> Rest { get; private set; } = destination;

    public void Write(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Rest);
        Advance(bytes.Length);
    }

    /// <summary>Passes over bytes that were written straight into <see cref="Rest"/>.</summary>
    public void Advance(int count) => Rest = Rest[count..];
}
