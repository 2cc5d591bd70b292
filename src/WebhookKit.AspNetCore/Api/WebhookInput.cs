using System.Collections.Frozen;
using System.Text.Json;

namespace WebhookKit.AspNetCore.Api;

/// <summary>What a request says of a webhook. All that is wrong with it, here and in the library, is said at once.</summary>
internal sealed class WebhookInput
{
    private readonly ApiCall _call;
    private readonly JsonFields _fields;
    private readonly string? _name;
    private readonly Uri? _url;
    private readonly List<string>? _events;
    private readonly bool? _isBatchable;
    private readonly string? _profile;
    private readonly Dictionary<string, string>? _settings;
    private readonly Dictionary<string, string>? _headers;
    private readonly string? _secret;
    private readonly DeliveryOrder? _order;
    private readonly long? _maxConcurrency;
    private readonly BatchingOptions? _batching;
    private readonly RateLimit? _rateLimit;
    private readonly WebhookFilter? _filter;

    public WebhookInput(JsonElement body, ApiCall call)
    {
        _call = call;
        _fields = new JsonFields(body);
        _name = _fields.Text("name");
        _url = ReadUrl();
        _events = _fields.Texts("events");
        IsEnabled = _fields.Flag("enabled");
        _isBatchable = _fields.Flag("batchable");
        _profile = _fields.Text("profile");
        _settings = _fields.Map("settings");
        _headers = _fields.Map("headers");
        _secret = _fields.Text("secret");
        _order = _fields.OneOf<DeliveryOrder>("order");
        _maxConcurrency = _fields.Number("max_concurrency", 1, 10_000);
        _batching = ReadBatching();
        _rateLimit = ReadRateLimit();
        _filter = ReadFilter();
    }

    public bool? IsEnabled { get; }

    /// <summary>Whether it says that there is to be no batching, though the profile have some by default.</summary>
    public bool IsUnbatched => _isBatchable == false && _batching is null;

    /// <summary>A webhook to create.</summary>
    public NewWebhookSubscription ToNew()
    {
        if (_fields.Json("url") is null) _fields.Errors.Add("url", "The url field is required.");
        if (_events is null or { Count: 0 } && _fields.Json("events") is null or { ValueKind: JsonValueKind.Array }) _fields.Errors.Add("events", "The events field is required: name one event type or more.");
        if (_headers is not null) RefuseHidden(_headers, FrozenDictionary<string, string>.Empty);
        return new NewWebhookSubscription
        {
            TenantId = _call.TenantId,
            Name = _name,

            // What is wrong with the rest is to be said together with that there is none.
            Url = _url ?? new Uri("https://example.com/"),
            EventTypes = _events ?? [],
            Filter = _filter,
            Profile = ChooseProfile(),
            Settings = _settings ?? [],
            Headers = _headers ?? [],
            Secret = _secret,
            Batching = _batching ?? (_isBatchable == true ? new BatchingOptions() : null),
            Order = _order ?? DeliveryOrder.None,
            MaxConcurrency = (int?)_maxConcurrency,
            RateLimit = _rateLimit,
            Status = IsEnabled == false ? SubscriptionStatus.Disabled : SubscriptionStatus.Enabled,
        };
    }

    /// <summary>A webhook with what the request says changed; what it does not say stays.</summary>
    public WebhookSubscription Apply(WebhookSubscription current)
    {
        if (_fields.Has("secret")) _fields.Errors.Add("secret", "The secret is changed by rotate-secret, so that the old one goes on signing for a while.");
        if (_events is { Count: 0 } && current.EventTypes.Count > 0) _fields.Errors.Add("events", "The events field must name one event type or more.");
        if (_profile is not null && _profile != current.Profile) RefuseProfile(_profile);
        return current with
        {
            Name = _fields.Has("name") ? _name : current.Name,
            Url = _url ?? current.Url,
            EventTypes = _events ?? current.EventTypes,
            Filter = _fields.Has("filter") ? _filter : current.Filter,
            Profile = _profile ?? current.Profile,
            Settings = _settings ?? current.Settings,
            Headers = _headers is null ? current.Headers : KeepHidden(_headers, current.Headers),
            Batching = NextBatching(current.Batching),
            Order = _order ?? current.Order,
            MaxConcurrency = _fields.Has("max_concurrency") ? (int?)_maxConcurrency : current.MaxConcurrency,
            RateLimit = _fields.Has("rate_limit") ? _rateLimit : current.RateLimit,
        };
    }

    /// <summary>Refuses what is wrong, here or in the library, all of it at once: nothing is left to say after the next try.</summary>
    public void ThrowIfFaulty(IReadOnlyList<WebhookFieldError> faults)
    {
        _fields.Errors.AddOthers(faults);
        _fields.Errors.ThrowIfAny();
    }

    private BatchingOptions? NextBatching(BatchingOptions? current)
    {
        if (_batching is not null) return _batching;
        if (_isBatchable is { } isBatchable) return isBatchable ? current ?? new BatchingOptions() : null;
        return _fields.Has("batching") ? null : current;
    }

    private Dictionary<string, string> KeepHidden(Dictionary<string, string> headers, IReadOnlyDictionary<string, string> current)
    {
        // Names of headers are the same in either case.
        var kept = current.ToDictionary(StringComparer.OrdinalIgnoreCase);
        RefuseHidden(headers, kept);
        return headers.ToDictionary(h => h.Key, h => h.Value == WebhookJson.Hidden ? kept.GetValueOrDefault(h.Key, h.Value) : h.Value, StringComparer.Ordinal);
    }

    /// <summary>What stands for a value that is kept cannot be the value of a header that is new or has another name now.</summary>
    private void RefuseHidden(Dictionary<string, string> headers, IReadOnlyDictionary<string, string> kept)
    {
        foreach (var (name, value) in headers)
        {
            if (value == WebhookJson.Hidden && !kept.ContainsKey(name))
                _fields.Errors.Add("headers", $"The header '{name}' has no value that could be kept. Give it its value instead of {WebhookJson.Hidden}.");
        }
    }

    private Uri? ReadUrl()
    {
        if (_fields.Text("url") is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var url)) return url;
        _fields.Errors.Add("url", "The url field must be an absolute URL, such as https://example.com/hooks.");
        return null;
    }

    /// <summary>The profile of a new webhook: where none is named, the only one that can be chosen, or the default.</summary>
    private string ChooseProfile()
    {
        if (_profile is null && _call.Options.Profiles is { Count: 1 } one) return one.Single();
        var profile = _profile ?? _call.Catalog.DefaultProfile;

        // Of what is there and is no text, enough has been said.
        if (_profile is not null || _fields.Json("profile") is null) RefuseProfile(profile);
        return profile;
    }

    private void RefuseProfile(string profile)
    {
        if (_call.Options.Profiles is { } allowed && !allowed.Contains(profile))
            _fields.Errors.Add("profile", $"The profile '{profile}' cannot be chosen. Use one of {string.Join(", ", allowed)}.");
    }

    private BatchingOptions? ReadBatching()
    {
        if (_fields.Fields("batching") is not { } fields) return null;
        var defaults = new BatchingOptions();
        var batching = new BatchingOptions
        {
            MaxEvents = (int)(fields.Number("max_events", 1, 1000) ?? defaults.MaxEvents),
            MaxBytes = (int)(fields.Number("max_bytes", 1, 64 * 1024 * 1024) ?? defaults.MaxBytes),
            MaxDelay = fields.Number("max_delay_ms", 0, 86_400_000) is { } delay ? TimeSpan.FromMilliseconds(delay) : defaults.MaxDelay,
        };
        _fields.Errors.AddWithin("batching", fields.Errors);
        return batching;
    }

    private RateLimit? ReadRateLimit()
    {
        if (_fields.Fields("rate_limit") is not { } fields) return null;
        var requests = fields.Number("requests", 1, 10_000);
        var per = fields.Number("per_ms", 1, 86_400_000);
        if (requests is null && fields.Json("requests") is null) fields.Errors.Add("requests", "The requests field is required.");
        if (per is null && fields.Json("per_ms") is null) fields.Errors.Add("per_ms", "The per_ms field is required.");
        _fields.Errors.AddWithin("rate_limit", fields.Errors);
        return fields.Errors.IsEmpty ? new RateLimit((int)requests!, TimeSpan.FromMilliseconds(per!.Value)) : null;
    }

    private WebhookFilter? ReadFilter()
    {
        if (_fields.Json("filter") is not { } filter) return null;
        try
        {
            return WebhookFilter.Parse(filter.GetRawText());
        }
        catch (WebhookValidationException invalid)
        {
            foreach (var error in invalid.Errors) _fields.Errors.Add("filter", error.Message);
            return null;
        }
    }
}
