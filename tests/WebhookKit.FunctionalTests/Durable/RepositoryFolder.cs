namespace WebhookKit.FunctionalTests.Durable;

/// <summary>Where the programs are that the tests start.</summary>
internal static class RepositoryFolder
{
    public static string Path { get; } = Find();

    /// <summary>The configuration that these tests were built in, and so the programs too.</summary>
    public static string Configuration { get; } = AppContext.BaseDirectory.Contains($"{System.IO.Path.DirectorySeparatorChar}Release{System.IO.Path.DirectorySeparatorChar}", StringComparison.Ordinal) ? "Release" : "Debug";

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "WebhookKit.sln"))) return folder.FullName;
        }

        throw new InvalidOperationException($"There is no WebhookKit.sln above {AppContext.BaseDirectory}. Run the tests from a build inside the repository.");
    }
}
