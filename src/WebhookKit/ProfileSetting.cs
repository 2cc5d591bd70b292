namespace WebhookKit;

/// <summary>One thing that a subscription can say in <see cref="WebhookSubscription.Settings"/>: what forms show, and what is checked when it is saved.</summary>
public sealed record ProfileSetting
{
    /// <summary>Its key in the settings.</summary>
    public required string Name { get; init; }

    /// <summary>What people call it: a word or two.</summary>
    public required string Label { get; init; }

    /// <summary>What it does, in a sentence or two for people.</summary>
    public required string Description { get; init; }

    /// <summary>What its value is. Default: text.</summary>
    public ProfileSettingType Type { get; init; }

    /// <summary>The values of a <see cref="ProfileSettingType.Choice"/>; others are refused. Empty for other types.</summary>
    public IReadOnlyList<ProfileSettingChoice> Choices { get; init; } = [];

    /// <summary>Whether a subscription without it is refused. Default: no.</summary>
    public bool IsRequired { get; init; }

    /// <summary>What counts when it is left out; <see langword="null"/> when there is no such value.</summary>
    public string? Default { get; init; }
}
