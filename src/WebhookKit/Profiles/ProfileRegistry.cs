namespace WebhookKit.Profiles;

/// <summary>The profiles by name: the built-in ones and the host's, of which the last one with a name counts.</summary>
internal sealed class ProfileRegistry
{
    private readonly Dictionary<string, WebhookProfile> _profiles = new(StringComparer.Ordinal);

    public ProfileRegistry(IEnumerable<WebhookProfile> added)
    {
        foreach (var profile in WebhookProfiles.All) Add(profile);
        foreach (var profile in added) Add(profile);
    }

    public IEnumerable<WebhookProfile> All => _profiles.Values;

    public WebhookProfile? Find(string? name) => name is null ? null : _profiles.GetValueOrDefault(name);

    // A profile without a name is one that nobody can ask for; the validator of the options says so.
    private void Add(WebhookProfile profile) => _profiles[profile.Name ?? ""] = profile;
}
