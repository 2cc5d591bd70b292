namespace WebhookKit.AspNetCore.Tests;

/// <summary>A folder that is gone when the test has ended.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("webhookkit-");

    public string ConnectionString => $"Data Source={Path.Combine(_folder.FullName, "webhooks.db")}";

    public string[] Files => Directory.GetFiles(_folder.FullName);

    public void Dispose() => _folder.Delete(recursive: true);
}
