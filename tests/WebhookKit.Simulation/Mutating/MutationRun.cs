using System.Diagnostics;
using System.Globalization;

namespace WebhookKit.Simulation.Mutating;

/// <summary>Builds the engine with one bug after another, in a copy of the sources, and looks whether the simulation notices each.</summary>
internal static class MutationRun
{
    private const string Project = "tests/WebhookKit.Simulation";

    /// <returns>How many were not noticed.</returns>
    public static int Run(int seeds)
    {
        var root = FindRoot();
        var folder = Directory.CreateTempSubdirectory("webhookkit-mutations-").FullName;
        try
        {
            Copy(root, folder);
            var missed = 0;
            foreach (var mutation in Mutation.ReadAll(Path.Combine(root, Project, "Mutating", "mutations.txt")))
            {
                var (path, before) = mutation.Apply(Path.Combine(folder, "src", "WebhookKit"));
                var found = Build(folder) ? Simulate(folder, seeds) : "it does not compile";
                if (found is null or "it does not compile") missed++;
                Console.WriteLine($"{mutation.Name}: {found ?? $"NOT NOTICED in {seeds} seeds"}");
                File.WriteAllText(path, before);
            }

            return missed;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

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
        string[] sources = [Path.Combine(root, "src", "WebhookKit"), Path.Combine(root, "src", "Shared"), Path.Combine(root, Project)];
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
    private static bool Build(string folder) =>
        Start(folder, "dotnet", ["build", "-c", "Release", Project, "-p:TreatWarningsAsErrors=false", "-p:RunAnalyzers=false", "-p:GenerateDocumentationFile=false"]).Code == 0;

    /// <returns>Which seed noticed it, and how; null where none did.</returns>
    private static string? Simulate(string folder, int seeds)
    {
        string[] arguments = ["exec", $"{Project}/bin/Release/net10.0/WebhookKit.Simulation.dll", "--seeds", seeds.ToString(CultureInfo.InvariantCulture), "--most", "1"];
        var (code, text) = Start(folder, "dotnet", arguments);
        return code == 0 ? null : text.Split('\n')[0];
    }

    private static (int Code, string Text) Start(string folder, string command, string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true };
        using var process = Process.Start(start)!;
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, text);
    }
}
