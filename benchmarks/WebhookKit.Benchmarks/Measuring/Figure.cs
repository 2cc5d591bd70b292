namespace WebhookKit.Benchmarks.Measuring;

/// <summary>Something that has been measured.</summary>
/// <param name="Group">What it belongs to, such as the number of endpoints; empty where there is but one.</param>
/// <param name="Name">What it is, with its unit.</param>
/// <param name="Value">What it came to.</param>
/// <param name="Format">How it is shown.</param>
/// <param name="Target">What it is to be; null where nothing is asked of it.</param>
/// <param name="Key">What the chart finds it by; null where it is not drawn.</param>
/// <param name="At">Where it stands on the axis of what grows; null where nothing does.</param>
internal sealed record Figure(string Group, string Name, Spread Value, string Format, Target? Target, string? Key, double? At)
{
    /// <summary>Its group and its name.</summary>
    public string FullName => Group.Length > 0 ? $"{Group}, {Name}" : Name;

    public bool IsMissed => Target is not null && !Target.IsMetBy(Value);
}
