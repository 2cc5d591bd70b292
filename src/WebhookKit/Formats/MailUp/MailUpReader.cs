using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace WebhookKit.Formats.MailUp;

/// <summary>
/// Reads the parameters of a received request, from its form body or its query, into an event whose data is an object of texts. Parameters
/// that were encrypted are known by it that they have neither name nor value, and that one of the secrets makes some of them.
/// </summary>
internal sealed class MailUpReader(string typeName, string timeName)
{
    private const int MaxParameters = 1000;
    private static readonly string[] TimeForms = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzz", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:sszz", "yyyy-MM-dd'T'HH:mm:ssK"];

    public WebhookReading Read(in VerificationContext context)
    {
        if (TextOf(context) is not { Length: > 0 } text) return WebhookReading.Malformed("The request has parameters neither in its body nor in its query.");
        var encrypted = context.Secrets.Count > 0 ? FindEncrypted(text) : null;
        var parameters = (encrypted is not null && Decrypt(encrypted, context.Secrets) is { } decrypted ? Parse(decrypted) : null) ?? Parse(text);
        if (parameters is null || (encrypted is not null && parameters is [{ Value: "" or "=" }]))
            return WebhookReading.Malformed("The request's parameters are not of the form 'name=value', joined by '&', or there are too many of them.");
        return WebhookReading.Of(new WebhookEvent
        {
            Type = Find(parameters, typeName) ?? "",
            OccurredAt = DateTimeOffset.TryParseExact(Find(parameters, timeName), TimeForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : default,
            Data = ToJson(parameters),
        });
    }

    private static string? TextOf(in VerificationContext context) =>
        !context.Body.IsEmpty ? Utf8.IsValid(context.Body.Span) ? Encoding.UTF8.GetString(context.Body.Span) : null
        : context.Uri?.Query is ['?', .. var query] ? query
        : null;

    /// <summary>The bytes of what may be encrypted parameters: one base64 text.</summary>
    private static byte[]? FindEncrypted(string text)
    {
        if (text.Contains('&', StringComparison.Ordinal) || Unescape(text, plusIsSpace: false) is not { } base64) return null;
        var encrypted = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, encrypted, out var length) && length > 0 ? encrypted[..length] : null;
    }

    private static string? Decrypt(byte[] encrypted, IReadOnlyList<string> secrets)
    {
        foreach (var secret in secrets)
        {
            var data = encrypted.ToArray();
            Rc4.Apply(Encoding.UTF8.GetBytes(secret), data);

            // The right key gives percent-encoded parameters; another one noise.
            if (data.AsSpan().Contains((byte)'=') && !data.AsSpan().ContainsAnyExceptInRange((byte)'!', (byte)'~')) return Encoding.ASCII.GetString(data);
        }

        return null;
    }

    private static List<KeyValuePair<string, string>>? Parse(string text)
    {
        List<KeyValuePair<string, string>> parameters = [];
        foreach (var parameter in text.Split('&', MaxParameters + 1))
        {
            var equals = parameter.IndexOf('=', StringComparison.Ordinal);
            if (parameters.Count == MaxParameters || equals < 1) return null;
            if (Unescape(parameter[..equals], plusIsSpace: true) is not { } name || Unescape(parameter[(equals + 1)..], plusIsSpace: true) is not { } value) return null;
            parameters.Add(new(name, value));
        }

        return parameters;
    }

    /// <summary>Undoes percent-encoding; <see langword="null"/> when what comes out is no UTF-8.</summary>
    private static string? Unescape(string text, bool plusIsSpace)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] == '%' && i + 2 < bytes.Length && Convert.FromHexString(Encoding.ASCII.GetString(bytes, i + 1, 2), bytes.AsSpan(length, 1), out _, out _) == OperationStatus.Done)
                i += 2;
            else
                bytes[length] = bytes[i] == '+' && plusIsSpace ? (byte)' ' : bytes[i];
            length++;
        }

        return Utf8.IsValid(bytes.AsSpan(0, length)) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }

    private static string? Find(List<KeyValuePair<string, string>> parameters, string name) =>
        parameters.FirstOrDefault(p => string.Equals(p.Key, name, StringComparison.Ordinal)).Value;

    /// <summary>Of parameters with one name the last counts.</summary>
    private static byte[] ToJson(List<KeyValuePair<string, string>> parameters)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            foreach (var parameter in parameters.AsEnumerable().Reverse().DistinctBy(p => p.Key, StringComparer.Ordinal).Reverse()) json.WriteString(parameter.Key, parameter.Value);
            json.WriteEndObject();
        }

        return body.WrittenSpan.ToArray();
    }
}
