namespace WebhookKit.Profiles;

/// <summary>Reads and checks what subscriptions say in <see cref="WebhookSubscription.Settings"/>.</summary>
internal static class ProfileSettings
{
    public const string True = "true";
    public const string False = "false";
    private const int MaxCount = 32;
    private const int MaxNameLength = 64;
    private const int MaxValueLength = 4096;

    public static string? Find(WebhookSubscription subscription, string name) => subscription.Settings.GetValueOrDefault(name);

    public static bool AreSame(IReadOnlyDictionary<string, string> one, IReadOnlyDictionary<string, string> other) =>
        one.Count == other.Count && !one.Except(other).Any();

    /// <summary>What is wrong whatever the profile.</summary>
    public static IEnumerable<string> FindFaults(IReadOnlyDictionary<string, string>? settings)
    {
        if (settings is null) yield return "The settings are null. Use an empty dictionary for a profile without settings.";
        else if (settings.Count > MaxCount) yield return $"There are {settings.Count} settings. Use {MaxCount} at most.";
        else
        {
            foreach (var (name, value) in settings)
            {
                if (name.Length is 0 or > MaxNameLength) yield return $"A setting's name has {name.Length} characters. Use 1 to {MaxNameLength}.";
                else if (value is null) yield return $"The setting '{name}' is null. Leave it out instead.";
                else if (value.Length > MaxValueLength) yield return $"The setting '{name}' has {value.Length} characters. Use {MaxValueLength} at most.";
            }
        }
    }

    /// <summary>
    /// What is wrong by the description of a profile's settings: one that it does not know, which is most likely misspelt, one that is missing, and a
    /// value that is not one of a few.
    /// </summary>
    public static IEnumerable<WebhookFieldError> FindFaults(WebhookSubscription subscription, IReadOnlyList<ProfileSetting> settings)
    {
        foreach (var name in subscription.Settings.Keys.Where(n => settings.All(s => s.Name != n)))
            yield return Fault(name, $"is not known to the profile '{subscription.Profile}'. {(settings.Count == 0 ? "It has none." : $"Use {string.Join(", ", settings.Select(s => s.Name))}.")}");

        foreach (var setting in settings)
        {
            if (Find(subscription, setting.Name) is not { } value)
            {
                if (setting.IsRequired) yield return Fault(setting.Name, "is missing. Set it.");
                continue;
            }

            string[] allowed = setting.Type == ProfileSettingType.Boolean ? [True, False] : [.. setting.Choices.Select(c => c.Value)];
            if (allowed.Length > 0 && !allowed.Contains(value, StringComparer.Ordinal)) yield return Fault(setting.Name, $"is '{value}'. Use {string.Join(" or ", allowed)}.");
        }
    }

    /// <summary>A fault of one setting.</summary>
    public static WebhookFieldError Fault(string name, string whatIsWrong) => new(nameof(WebhookSubscription.Settings), $"The setting '{name}' {whatIsWrong}");
}
