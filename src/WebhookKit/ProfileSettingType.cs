namespace WebhookKit;

/// <summary>What the value of a <see cref="ProfileSetting"/> is. Values are always texts; the type says which.</summary>
public enum ProfileSettingType
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A text that forms do not show.</summary>
    Secret,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>One of <see cref="ProfileSetting.Choices"/>.</summary>
    Choice,

    /// <summary>A decimal number.</summary>
    Number,

    /// <summary>A URL; requests may go there, so it is checked as the subscription's own is.</summary>
    Url,

    /// <summary>Names and values with placeholders, such as <c>evt=[EventType]&amp;eml=[Email]</c>.</summary>
    Parameters,
}
