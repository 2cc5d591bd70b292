namespace WebhookKit.Tests.Postgres;

/// <summary>What a test does that needs PostgreSQL where there is none: it is skipped, but in CI it fails.</summary>
internal static class PostgresTests
{
    public static void Require() => Miss(PostgresServer.WhyNot);

    /// <summary>A schema of a test's own in the database that all share.</summary>
    public static Task<PostgresSchema> CreateSchemaAsync()
    {
        Require();
        return SharedPostgres.CreateSchemaAsync();
    }

    /// <summary>For tests that stop the server, or need settings of their own.</summary>
    public static void RequireOwn() => Miss(PostgresServer.WhyNoOwn);

    private static void Miss(string? reason)
    {
        if (reason is null) return;
        if (Environment.GetEnvironmentVariable("CI") is { Length: > 0 }) NUnit.Framework.Assert.Fail(reason);
        NUnit.Framework.Assert.Ignore(reason);
    }
}
