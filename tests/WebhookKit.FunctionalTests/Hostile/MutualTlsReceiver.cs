using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using WebhookKit.FunctionalTests.Interop;

namespace WebhookKit.FunctionalTests.Hostile;

/// <summary>A receiver in Node that wants a client certificate, and says so with an alert: servers on .NET do not.</summary>
internal sealed class MutualTlsReceiver : IAsyncDisposable
{
    private readonly NodeProcess _process;

    private MutualTlsReceiver(NodeProcess process) => _process = process;

    public Uri Url => new($"https://127.0.0.1:{_process.Port}/hook");

    public static async Task<MutualTlsReceiver> StartAsync(TestCertificates certificates, string version)
    {
        var server = (X509Certificate2)certificates.Server().ServerCertificate!;
        using var key = server.GetECDsaPrivateKey()!;
        return new(await NodeProcess.StartAsync("mutual-tls.mjs", JsonSerializer.Serialize(new
        {
            key = key.ExportPkcs8PrivateKeyPem(),
            cert = server.ExportCertificatePem(),
            ca = certificates.Authority.ExportCertificatePem(),
            version,
        })));
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
