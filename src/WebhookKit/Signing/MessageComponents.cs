using System.Buffers;

namespace WebhookKit.Signing;

/// <summary>What a request gives for the components that a signature covers (RFC 9421, sections 2.1 and 2.2).</summary>
internal readonly struct MessageComponents
{
    private static readonly SearchValues<char> SignableChars = SearchValues.Create(['\t', .. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c)]);

    public required IReadOnlyCollection<KeyValuePair<string, string>> Headers { get; init; }

    public required HttpMethod? Method { get; init; }

    public required Uri? Uri { get; init; }

    /// <summary>The media type, where it is not among the headers.</summary>
    public string? ContentType { get; init; }

    /// <summary>Finds the value of a component.</summary>
    /// <param name="name">A supported name.</param>
    /// <param name="value">Its value: printable ASCII, so that no value can pass for another line of what is signed.</param>
    /// <param name="fault">What is wrong, to be said of the component.</param>
    /// <returns>The check that failed; none when there is a value.</returns>
    public VerificationFailure Find(string name, out string value, out string fault)
    {
        value = "";
        fault = "";
        if (name[0] != '@')
        {
            if (!TryFindHeader(name, out var header))
            {
                fault = $"has more than {HeaderField.MaxLength} characters";
                return VerificationFailure.MalformedHeader;
            }

            if (header is null)
            {
                fault = "is a header that the request does not have";
                return VerificationFailure.MissingHeader;
            }

            value = header;
        }
        else if (FindDerived(name) is { } derived)
        {
            value = derived;
        }
        else
        {
            fault = "needs the request's method and absolute URI; pass both to the verifier";
            return VerificationFailure.MissingTarget;
        }

        if (!value.AsSpan().ContainsAnyExcept(SignableChars)) return VerificationFailure.None;
        fault = "has a control or a non-ASCII character";
        return VerificationFailure.MalformedHeader;
    }

    private bool TryFindHeader(string name, out string? value)
    {
        value = null;
        if (name != ComponentName.ContentType || ContentType is null) return HeaderField.TryJoin(Headers, name, out value);
        value = ContentType.Trim(' ', '\t');
        return true;
    }

    private string? FindDerived(string name)
    {
        if (name == ComponentName.Method) return Method?.Method;
        if (Uri is not { IsAbsoluteUri: true }) return null;
        return name switch
        {
            ComponentName.TargetUri => $"{Uri.Scheme}://{Authority(Uri)}{Uri.PathAndQuery}",
            ComponentName.Authority => Authority(Uri),
            ComponentName.Scheme => Uri.Scheme,
            ComponentName.RequestTarget => Uri.PathAndQuery,
            ComponentName.Path => Uri.AbsolutePath,
            ComponentName.Query => Uri.Query.Length == 0 ? "?" : Uri.Query,
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "The component is not supported."),
        };
    }

    /// <summary>As in the header Host: no user, no default port, a host of other alphabets in its ASCII form.</summary>
    private static string Authority(Uri uri)
    {
        var host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : AsciiHost(uri);
        return uri.IsDefaultPort ? host : $"{host}:{uri.Port}";
    }

    private static string AsciiHost(Uri uri)
    {
        try
        {
            return uri.IdnHost;
        }
        catch (UriFormatException)
        {
            // A host that has no ASCII form, which only a made-up request has: the check of the characters refuses it.
            return uri.Host;
        }
    }
}
