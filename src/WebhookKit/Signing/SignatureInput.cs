using System.Globalization;
using System.Text;

namespace WebhookKit.Signing;

/// <summary>
/// What one signature covers, and its parameters (RFC 9421, section 2.3): one member of <c>Signature-Input</c>. Its text is the strict
/// form that is signed, however the sender spaced it.
/// </summary>
internal sealed class SignatureInput
{
    private const int MaxComponents = 32;
    private readonly List<string> _components = [];
    private readonly List<string> _parameters = [];
    private readonly StringBuilder _text = new("(");

    public IReadOnlyList<string> Components => _components;

    public long? Created { get; private set; }

    public long? Expires { get; private set; }

    public string? Algorithm { get; private set; }

    public string? KeyId { get; private set; }

    /// <summary>Why the signature cannot be checked, though the header is well formed; never in words of the sender.</summary>
    public string? Fault { get; private set; }

    public void AddComponent(string name, bool hasParameters = false)
    {
        if (hasParameters) Fault ??= "covers a component with a parameter, such as ';req' or ';bs', which is not supported";
        else if (!ComponentName.IsSupported(name)) Fault ??= "covers a component that is not supported: neither a lower-case header name nor a known derived one";
        else if (_components.Count == MaxComponents) Fault ??= $"covers more than {MaxComponents} components";
        else if (_components.Contains(name)) Fault ??= "covers a component twice";
        if (Fault is not null) return;
        if (_components.Count > 0) _text.Append(' ');
        _components.Add(name);
        AppendText(name);
    }

    /// <summary>Ends the components and adds a parameter.</summary>
    public void AddParameter(string name, StructuredFieldItem value)
    {
        if (Fault is not null) return;
        switch (name, value)
        {
            case ("created", { Integer: { } seconds }):
                Created = seconds;
                break;
            case ("expires", { Integer: { } seconds }):
                Expires = seconds;
                break;
            case ("alg", { Text: { } text }):
                Algorithm = text;
                break;
            case ("keyid", { Text: { } text }):
                KeyId = text;
                break;
            case ("nonce" or "tag", { Text: not null }):
                break;
            case ("created" or "expires", _):
                Fault = "has a 'created' or 'expires' that is not an integer";
                return;
            case ("alg" or "keyid" or "nonce" or "tag", _):
                Fault = "has an 'alg', 'keyid', 'nonce' or 'tag' that is not a string";
                return;
            default:
                Fault = "has a parameter that is not known";
                return;
        }

        if (_parameters.Contains(name))
        {
            Fault = "has a parameter twice";
            return;
        }

        if (_parameters.Count == 0) _text.Append(')');
        _parameters.Add(name);
        _text.Append(';').Append(name).Append('=');
        if (value.Text is { } quoted) AppendText(quoted);
        else _text.Append(value.Integer!.Value.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The components and the parameters, as they are signed.</summary>
    public override string ToString() => _parameters.Count == 0 ? $"{_text})" : _text.ToString();

    private void AppendText(string text) => _text.Append('"').Append(text.Replace("\\", "\\\\").Replace("\"", "\\\"")).Append('"');
}
