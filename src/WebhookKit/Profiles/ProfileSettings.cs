namespace WebhookKit.Profiles;

/// <summary>Reads and checks what subscriptions say in <see cref="WebhookSubscription.Settings"/>.</summary>
internal static class ProfileSettings
{
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

    /// <summary>Refuses settings that a profile does not know, which are most likely misspelt.</summary>
    public static IEnumerable<WebhookFieldError> FindUnknown(WebhookSubscription subscription, params string[] known) =>
        from name in subscription.Settings.Keys
        where !known.Contains(name, StringComparer.Ordinal)
        select Fault(name, $"is not known to the profile '{subscription.Profile}'. {(known.Length == 0 ? "It has none." : $"Use {string.Join(", ", known)}.")}");

    /// <summary>Refuses a value that is not one of a few.</summary>
    public static IEnumerable<WebhookFieldError> FindNotOneOf(WebhookSubscription subscription, string name, params string[] values) =>
        Find(subscription, name) is { } value && !values.Contains(value, StringComparer.Ordinal)
            ? [Fault(name, $"is '{value}'. Use {string.Join(" or ", values)}.")]
            : [];

    /// <summary>A fault of one setting.</summary>
    public static WebhookFieldError Fault(string name, string whatIsWrong) => new(nameof(WebhookSubscription.Settings), $"The setting '{name}' {whatIsWrong}");
}
