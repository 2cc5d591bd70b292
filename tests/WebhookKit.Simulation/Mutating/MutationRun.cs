using System.Diagnostics;
using System.Globalization;

namespace WebhookKit.Simulation.Mutating;

/// <summary>Builds the engine with one bug after another, in a copy of the sources, and looks whether the simulation notices each.</summary>
internal static class MutationRun
{
    private const string Project = "tests/WebhookKit.Simulation";
    private const string Engine = "src/WebhookKit";
    private const string Built = "bin/Release/net10.0";

    /// <summary>A bug may keep the engine from ever doing anything else.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>Tells for each bug which seed noticed it, and which rule that broke, as a table.</summary>
    /// <param name="seeds">How many are tried for each.</param>
    /// <param name="first">The first bug of the list to try, from 1.</param>
    /// <param name="last">The last one.</param>
    /// <returns>How many were not noticed.</returns>
    public static int Run(int seeds, int first, int last)
    {
        var root = FindRoot();
        var folder = Directory.CreateTempSubdirectory("webhookkit-mutations-").FullName;
        try
        {
            Copy(root, folder);
            if (!Build(folder, Project, restores: true)) throw new InvalidOperationException("The simulation does not compile.");
            var missed = 0;
            Console.WriteLine("| # | bug | seed | what it noticed |");
            Console.WriteLine("|---|---|---|---|");
            foreach (var (mutation, number) in ReadAll(root).Select((m, i) => (m, i + 1)).Where(m => m.Item2 >= first && m.Item2 <= last))
            {
                var (path, before) = mutation.Apply(Path.Combine(folder, Engine));
                var found = Build(folder, Engine, restores: false) ? Simulate(folder, seeds) : null;
                if (found is null) missed++;
                Console.WriteLine($"| {number} | {mutation.Name} | {found ?? "NOT NOTICED |"} |");
                File.WriteAllText(path, before);
            }

            return missed;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public static IEnumerable<Mutation> ReadAll(string root) => Mutation.ReadAll(Path.Combine(root, Project, "Mutating", "mutations.txt"));

    public static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "WebhookKit.sln"))) folder = folder.Parent ?? throw new InvalidOperationException("Run it within the repository.");
        return folder.FullName;
    }

    private static void Copy(string root, string folder)
    {
        foreach (var file in Directory.EnumerateFiles(root)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        File.Copy(Path.Combine(root, "tests", "Directory.Build.props"), Directory.CreateDirectory(Path.Combine(folder, "tests")).FullName + "/Directory.Build.props");
        string[] sources = [Path.Combine(root, Engine), Path.Combine(root, "src", "Shared"), Path.Combine(root, Project)];
        foreach (var file in sources.Where(Directory.Exists).SelectMany(s => Directory.EnumerateFiles(s, "*", SearchOption.AllDirectories)))
        {
            var relative = Path.GetRelativePath(root, file);
            if (relative.Split('/').Any(p => p is "bin" or "obj")) continue;
            var target = Path.Combine(folder, relative);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        foreach (var props in Directory.EnumerateFiles(Path.Combine(root, "src"))) File.Copy(props, Path.Combine(folder, "src", Path.GetFileName(props)));
    }

    /// <summary>A bug may well make a warning, which is not what is looked for.</summary>
    private static bool Build(string folder, string project, bool restores)
    {
        List<string> arguments = ["build", "-c", "Release", project, "-p:TreatWarningsAsErrors=false", "-p:RunAnalyzers=false", "-p:GenerateDocumentationFile=false"];
        if (!restores) arguments.Add("--no-restore");
        var (code, text) = Start(folder, arguments);
        if (code != 0) Console.Error.WriteLine(text);
        return code == 0;
    }

    /// <returns>Which seed noticed it, and how; null where none did.</returns>
    private static string? Simulate(string folder, int seeds)
    {
        // Only the engine is built anew.
        File.Copy($"{folder}/{Engine}/{Built}/WebhookKit.dll", $"{folder}/{Project}/{Built}/WebhookKit.dll", overwrite: true);
        List<string> arguments = ["exec", $"{Project}/{Built}/WebhookKit.Simulation.dll", "--seeds", seeds.ToString(CultureInfo.InvariantCulture), "--most", "1"];
        var (code, text) = Start(folder, arguments);
        if (code == 0) return null;
        var found = text.Split('\n')[0].Split(' ', 3);
        return found is ["seed", var seed, var rule] ? $"{seed.TrimEnd(':')} | {rule}" : "| it did not end";
    }

    private static (int Code, string Text) Start(string folder, List<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEndAsync();
        if (!process.WaitForExit(Patience)) process.Kill(entireProcessTree: true);
        process.WaitForExit();
        return (process.ExitCode, text.Result + errors.Result);
    }
}
