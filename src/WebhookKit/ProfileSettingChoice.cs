namespace WebhookKit;

/// <summary>One value that a setting can have.</summary>
/// <param name="Value">The value.</param>
/// <param name="Label">What people call it.</param>
public sealed record ProfileSettingChoice(string Value, string Label);
