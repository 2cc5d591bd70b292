using NUnit.Framework;

namespace WebhookKit.Tests.Profiles;

/// <summary>Test cases that show a profile by its name.</summary>
internal static class ProfileCases
{
    public static IEnumerable<TestCaseData> ToCases(this IEnumerable<WebhookProfile> profiles) =>
        profiles.Select(profile => new TestCaseData(profile).SetArgDisplayNames(profile.Name));
}
