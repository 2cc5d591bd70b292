namespace WebhookKit.Portal.Tests;

/// <summary>Where the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Configuration { get; } = AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "WebhookKit.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException($"There is no WebhookKit.sln above {AppContext.BaseDirectory}. Run the tests from a build inside the repository.");
    }
}
