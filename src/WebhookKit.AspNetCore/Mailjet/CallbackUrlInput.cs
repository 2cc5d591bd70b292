using System.Globalization;
using System.Text.Json;
using WebhookKit.AspNetCore.Api;

namespace WebhookKit.AspNetCore.Mailjet;

/// <summary>What a request says of a URL.</summary>
internal sealed class CallbackUrlInput
{
    private readonly JsonFields _fields;
    private readonly Uri? _url;
    private readonly long? _version;

    public CallbackUrlInput(JsonElement body)
    {
        _fields = new JsonFields(body);
        EventType = _fields.Text("EventType");
        _url = ReadUrl();
        _version = _fields.Number("Version", 1, 2);
        IsBackupSaid = _fields.Has("IsBackup");
        IsBackup = _fields.Flag("IsBackup") == true;
        IsAlive = ReadStatus();
    }

    public string? EventType { get; }

    public bool HasUrl => _url is not null;

    public bool IsBackupSaid { get; }

    public bool IsBackup { get; }

    public bool? IsAlive { get; }

    public void Refuse(string field, string message) => _fields.Errors.Add(field, message);

    public void ThrowIfFaulty(bool requiresUrl)
    {
        if (requiresUrl && _fields.Json("Url") is null) Refuse("Url", "The Url field is required.");
        if (requiresUrl && _fields.Json("EventType") is null) Refuse("EventType", "The EventType field is required.");
        _fields.Errors.ThrowIfAny();
    }

    /// <summary>Refuses what the library says is wrong, together with what is found here: what could not be read, it has not seen.</summary>
    public void Refuse(IReadOnlyList<WebhookFieldError> faults)
    {
        foreach (var fault in faults)
        {
            var field = fault.Field == nameof(WebhookSubscription.EventTypes) ? "EventType" : "Url";
            if (_fields.Json(field) is not null && (field != "Url" || HasUrl)) Refuse(field, fault.Message);
        }
    }

    public NewWebhookSubscription ToNew(string? tenantId) => new()
    {
        TenantId = tenantId,
        // What is wrong with the rest is to be said together with that there is none.
        Url = _url ?? new Uri("https://example.com/"),
        EventTypes = EventType is null ? [] : [EventType],
        Profile = WebhookProfiles.Mailjet.Name,

        // Mailjet's own default.
        Settings = new Dictionary<string, string> { [CallbackUrl.VersionSetting] = VersionText(_version ?? 1) },
        Status = IsAlive == false ? SubscriptionStatus.Disabled : SubscriptionStatus.Enabled,
    };

    /// <summary>The webhook with what the request says of one of its URLs.</summary>
    public WebhookSubscription Apply(CallbackUrl current)
    {
        var settings = new Dictionary<string, string>(current.Webhook.Settings, StringComparer.Ordinal);
        if (_version is { } version) settings[CallbackUrl.VersionSetting] = VersionText(version);
        if (current.IsBackup && _url is not null) settings[CallbackUrl.BackupSetting] = _url.OriginalString;
        return current.Webhook with
        {
            Settings = settings,
            Url = current.IsBackup ? current.Webhook.Url : _url ?? current.Webhook.Url,
            EventTypes = EventType is null || current.IsBackup ? current.Webhook.EventTypes : [EventType],
        };
    }

    public static WebhookSubscription WithoutBackup(WebhookSubscription webhook) => webhook with
    {
        Settings = webhook.Settings.Where(s => s.Key != CallbackUrl.BackupSetting).ToDictionary(StringComparer.Ordinal),
    };

    private static string VersionText(long version) => version.ToString(CultureInfo.InvariantCulture);

    private Uri? ReadUrl()
    {
        if (_fields.Text("Url") is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url)) return url;
        Refuse("Url", "The Url field must be an absolute URL, such as https://example.com/event_handler.");
        return null;
    }

    private bool? ReadStatus()
    {
        switch (_fields.Text("Status"))
        {
            case null: return null;
            case "alive": return true;
            case "dead": return false;
            default:
                Refuse("Status", "The Status field must be 'alive' or 'dead'.");
                return null;
        }
    }
}
