namespace WebhookKit.FunctionalTests.Durable;

/// <summary>A folder for one test's database, gone afterwards.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("webhookkit-");

    public string Database => PathOf("webhooks.db");

    public string PathOf(string file) => Path.Combine(_folder.FullName, file);

    public void Dispose() => _folder.Delete(recursive: true);
}
