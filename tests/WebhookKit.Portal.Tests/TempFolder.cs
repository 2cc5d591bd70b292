namespace WebhookKit.Portal.Tests;

/// <summary>A folder that is gone when the test has ended.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("webhookkit-");

    public string ConnectionString => $"Data Source={PathOf("webhooks.db")}";

    public string PathOf(string file) => Path.Combine(_folder.FullName, file);

    public void Dispose() => _folder.Delete(recursive: true);
}
