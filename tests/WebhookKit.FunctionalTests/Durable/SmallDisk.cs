using System.Diagnostics;

namespace WebhookKit.FunctionalTests.Durable;

/// <summary>A file-system in memory, half of which a ballast fills.</summary>
internal sealed class SmallDisk : IDisposable
{
    private const int HalfMiB = 12;
    private readonly TempFolder _folder = new();
    private readonly string _mount;

    private SmallDisk() => _mount = Directory.CreateDirectory(_folder.PathOf("disk")).FullName;

    public static SmallDisk Mount()
    {
        var disk = new SmallDisk();
        if (!Run("mount", "-t", "tmpfs", "-o", $"size={2 * HalfMiB}m", "none", disk._mount))
        {
            disk._folder.Dispose();
            Assert.Ignore("Only root can mount a file-system of a few megabytes.");
        }

        File.WriteAllBytes(disk.PathOf("ballast"), new byte[HalfMiB * 1024 * 1024]);
        return disk;
    }

    public string PathOf(string file) => Path.Combine(_mount, file);

    public void MakeRoom() => File.Delete(PathOf("ballast"));

    public void MakeReadOnly() => Assert.That(Run("mount", "-o", "remount,ro", _mount), Is.True);

    public void Dispose()
    {
        Run("umount", _mount);
        _folder.Dispose();
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
