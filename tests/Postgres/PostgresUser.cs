namespace WebhookKit.Tests.Postgres;

/// <summary>Whom the server runs as. PostgreSQL refuses to run as root, so root lends it somebody else's name.</summary>
internal static class PostgresUser
{
    private static readonly string[] Unprivileged = ["postgres", "nobody"];

    /// <summary>The user's number and group, when it is not the one that this process runs as.</summary>
    public static (string User, string Group)? Other { get; } = Environment.IsPrivilegedProcess ? Find() : null;

    /// <summary>A command line as that user.</summary>
    public static string[] CommandLine(params string[] commandLine) => Other is { } other
        ? ["setpriv", $"--reuid={other.User}", $"--regid={other.Group}", "--clear-groups", "--", .. commandLine]
        : commandLine;

    private static (string User, string Group)? Find()
    {
        // name:password:user:group:…
        var users = File.ReadLines("/etc/passwd").Select(line => line.Split(':')).ToLookup(parts => parts[0], parts => (parts[2], parts[3]));
        return Unprivileged.SelectMany(name => users[name]).Select(ids => ((string, string)?)ids).FirstOrDefault();
    }
}
