namespace WebhookKit.Formats.MailUp;

/// <summary>The stream cipher RC4, which is broken. It is here because receivers of MailUp's encrypted webhooks read nothing else.</summary>
internal static class Rc4
{
    /// <summary>Encrypts or decrypts in place: both are the same.</summary>
    public static void Apply(ReadOnlySpan<byte> key, Span<byte> data)
    {
        Span<byte> state = stackalloc byte[256];
        for (var n = 0; n < state.Length; n++) state[n] = (byte)n;
        byte j = 0;
        for (var n = 0; n < state.Length; n++)
        {
            j += (byte)(state[n] + key[n % key.Length]);
            (state[n], state[j]) = (state[j], state[n]);
        }

        byte i = 0;
        j = 0;
        for (var n = 0; n < data.Length; n++)
        {
            i++;
            j += state[i];
            (state[i], state[j]) = (state[j], state[i]);
            data[n] ^= state[(byte)(state[i] + state[j])];
        }
    }
}
