using System.Diagnostics;
using System.Globalization;

namespace WebhookKit.Tests.Postgres;

/// <summary>The folder with PostgreSQL's own programs on this machine.</summary>
internal static class PostgresBinaries
{
    /// <summary>Where Debian keeps them, a folder for each version.</summary>
    private const string DebianFolder = "/usr/lib/postgresql";

    /// <summary>The folder; null where there is none.</summary>
    public static string? Folder { get; } = Candidates().FirstOrDefault(HasServer) is { } found ? RealFolderOf(found) : null;

    public static string PathOf(string program) => Path.Combine(Folder!, program);

    /// <summary>Whether the contrib modules are there too.</summary>
    public static bool HasModule(string name) =>
        AskPgConfig(PathOf("pg_config"), "--pkglibdir") is { } folder && File.Exists(Path.Combine(folder, name + ".so"));

    private static IEnumerable<string> Candidates()
    {
        foreach (var folder in Environment.GetEnvironmentVariable("PATH")?.Split(Path.PathSeparator) ?? []) yield return folder;
        if (Directory.Exists(DebianFolder))
        {
            foreach (var version in Directory.GetDirectories(DebianFolder).OrderByDescending(VersionOf)) yield return Path.Combine(version, "bin");
        }

        if (AskPgConfig("pg_config", "--bindir") is { } asked) yield return asked;
    }

    private static bool HasServer(string folder) => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres"));

    /// <summary>A link to one program may stand where the others do not.</summary>
    private static string RealFolderOf(string folder) =>
        Path.GetDirectoryName(File.ResolveLinkTarget(Path.Combine(folder, "initdb"), returnFinalTarget: true)?.FullName) ?? folder;

    private static double VersionOf(string folder) =>
        double.TryParse(Path.GetFileName(folder), NumberStyles.Float, CultureInfo.InvariantCulture, out var version) ? version : 0;

    private static string? AskPgConfig(string program, string question)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, [question]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var answer = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return process.ExitCode == 0 ? answer : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // It is not installed.
        }
    }
}
