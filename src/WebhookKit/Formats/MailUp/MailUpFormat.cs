using System.Text;
using WebhookKit.Profiles;
using WebhookKit.Signing;
using WebhookKit.Storage;

namespace WebhookKit.Formats.MailUp;

/// <summary>
/// MailUp: parameters of the user's choice, in the query of a GET or the form body of a POST; encrypted, if the subscription asks, with
/// its secret as the key.
/// </summary>
internal sealed class MailUpFormat(bool encodesEncryptedBody, MailUpReader reader) : IWebhookFormat, IWebhookReader
{
    public const string MethodSetting = "method";
    public const string ParametersSetting = "parameters";
    public const string EncryptedSetting = "encrypted";
    private const string Get = "GET";
    private const string Post = "POST";
    private const string FormContentType = "application/x-www-form-urlencoded";

    /// <summary>What servers take as a request line without a setting of their own.</summary>
    private const int MaxUriLength = 8 * 1024;

    public IReadOnlyList<ProfileSetting> Settings { get; } =
    [
        new()
        {
            Name = MethodSetting,
            Label = "Method",
            Description = "How the parameters are sent: in the URL, or in the body as a form.",
            Type = ProfileSettingType.Choice,
            Choices = [new(Get, "GET: in the URL"), new(Post, "POST: in the body")],
            Default = Post,
        },
        new()
        {
            Name = ParametersSetting,
            Label = "Parameters",
            Description = $"Names of your choice and what stands for them, joined by '&'. In brackets can stand {string.Join(", ", MailUpParameters.Placeholders)}, and Field01 to Field99.",
            Type = ProfileSettingType.Parameters,
            Default = MailUpParameters.Default,
        },
        new()
        {
            Name = EncryptedSetting,
            Label = "Encrypted",
            Description = "Encrypts the parameters by RC4, which is weak; the webhook's secret is the key.",
            Type = ProfileSettingType.Boolean,
            Default = ProfileSettings.False,
        },
    ];

    public bool CanBatch(WebhookSubscription subscription) => false;

    public IEnumerable<WebhookFieldError> FindFaults(WebhookSubscription subscription) =>
    [
        .. ProfileSettings.FindFaults(subscription, Settings),
        .. MailUpParameters.FindFaults(TemplateOf(subscription)).Select(fault => ProfileSettings.Fault(ParametersSetting, fault)),
        .. FindEncryptionFaults(subscription),
        .. FindLengthFaults(subscription),
    ];

    public WebhookContent Format(in FormatContext context)
    {
        var subscription = context.Subscription;
        var values = new MailUpValues(context.Events[0]);
        var parameters = MailUpParameters.Fill(TemplateOf(subscription), values.Get);
        var isEncrypted = IsEncrypted(subscription);
        if (isEncrypted) parameters = Encrypt(parameters, subscription);
        return IsGet(subscription)
            ? new WebhookContent { Method = HttpMethod.Get, Uri = AddQuery(subscription.Url, isEncrypted ? Uri.EscapeDataString(parameters) : parameters, context.Events[0]) }
            : new WebhookContent { Uri = subscription.Url, ContentType = FormContentType, Body = Encoding.ASCII.GetBytes(isEncrypted && encodesEncryptedBody ? Uri.EscapeDataString(parameters) : parameters) };
    }

    public WebhookReading Read(in VerificationContext context) => reader.Read(context);

    private static string TemplateOf(WebhookSubscription subscription) => ProfileSettings.Find(subscription, ParametersSetting) ?? MailUpParameters.Default;

    private static bool IsGet(WebhookSubscription subscription) => ProfileSettings.Find(subscription, MethodSetting) == Get;

    private static bool IsEncrypted(WebhookSubscription subscription) => ProfileSettings.Find(subscription, EncryptedSetting) == ProfileSettings.True;

    private static IEnumerable<WebhookFieldError> FindEncryptionFaults(WebhookSubscription subscription)
    {
        if (!IsEncrypted(subscription)) yield break;
        if (subscription.Secrets.Count == 0)
            yield return new(nameof(subscription.Secrets), "The parameters are to be encrypted, and the subscription has no secret, which is the key. Give it one.");
        foreach (var secret in subscription.Secrets.Where(s => !UnreadableText.IsMarked(s.Value)))
        {
            if (TextSecret.FindFault(secret.Value) is { } fault) yield return new(nameof(subscription.Secrets), fault);
        }

        if (IsGet(subscription) && subscription.Url.Query is not ("" or "?"))
            yield return new(nameof(subscription.Url), $"The URL has the query '{subscription.Url.Query}', and encrypted parameters are the whole query of a GET. Leave the query out, or use POST.");
    }

    /// <summary>What is too long even with every placeholder empty can never be sent.</summary>
    private static IEnumerable<WebhookFieldError> FindLengthFaults(WebhookSubscription subscription)
    {
        var template = TemplateOf(subscription);
        if (!IsGet(subscription) || MailUpParameters.FindFaults(template).Any()) yield break;
        var length = subscription.Url.AbsoluteUri.Length + 1 + MailUpParameters.Fill(template, _ => "").Length;
        if (length > MaxUriLength) yield return ProfileSettings.Fault(ParametersSetting, $"makes a GET of {length} characters at least; {MaxUriLength} are the most. Use fewer, or POST.");
    }

    private static Uri AddQuery(Uri url, string query, WebhookEvent webhookEvent)
    {
        var text = url.AbsoluteUri + (url.Query switch { "" => "?", "?" => "", _ => "&" }) + query;
        return text.Length <= MaxUriLength
            ? new Uri(text)
            : throw new UnsendableEventException($"The request of event '{webhookEvent.Id}' is a GET of {text.Length} characters; {MaxUriLength} are the most. Send fewer parameters, or use POST.");
    }

    private static string Encrypt(string parameters, WebhookSubscription subscription)
    {
        var data = Encoding.ASCII.GetBytes(parameters);
        Rc4.Apply(Encoding.UTF8.GetBytes(subscription.Secrets[0].Value), data);
        return Convert.ToBase64String(data);
    }
}
