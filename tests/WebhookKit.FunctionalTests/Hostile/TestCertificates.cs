using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace WebhookKit.FunctionalTests.Hostile;

/// <summary>An authority of the test's own, and certificates good and bad.</summary>
internal sealed class TestCertificates : IDisposable
{
    private const string ServerAuth = "1.3.6.1.5.5.7.3.1";
    private const string ClientAuth = "1.3.6.1.5.5.7.3.2";

    private readonly DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private readonly List<X509Certificate2> _made = [];

    public TestCertificates()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test Authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        Authority = Keep(request.CreateSelfSigned(_now.AddYears(-5), _now.AddYears(5)));
    }

    public X509Certificate2 Authority { get; }

    /// <summary>How a client trusts the authority, and nobody else.</summary>
    public X509ChainPolicy TrustPolicy => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { Authority },
        RevocationMode = X509RevocationMode.NoCheck,
    };

    public SslServerAuthenticationOptions Server(IPAddress? address = null, int fromYears = -1, int toYears = 1) =>
        new() { ServerCertificate = Issue("CN=server", ServerAuth, address ?? IPAddress.Loopback, fromYears, toYears) };

    public SslServerAuthenticationOptions SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new() { ServerCertificate = Keep(Usable(Request("CN=self", key, ServerAuth, IPAddress.Loopback).CreateSelfSigned(_now.AddYears(-1), _now.AddYears(1)))) };
    }

    public X509Certificate2 Client() => Issue("CN=client", ClientAuth, null, -1, 1);

    public void Dispose()
    {
        foreach (var certificate in _made) certificate.Dispose();
    }

    private X509Certificate2 Issue(string name, string usage, IPAddress? address, int fromYears, int toYears)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signed = Request(name, key, usage, address).Create(Authority, _now.AddYears(fromYears), _now.AddYears(toYears), RandomNumberGenerator.GetBytes(8));
        using var withKey = signed.CopyWithPrivateKey(key);
        return Keep(Usable(withKey));
    }

    private static CertificateRequest Request(string name, ECDsa key, string usage, IPAddress? address)
    {
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (address is null) return request;
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        return request;
    }

    /// <summary>Not every platform takes a key that is only in memory.</summary>
    private static X509Certificate2 Usable(X509Certificate2 certificate) => X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);

    private X509Certificate2 Keep(X509Certificate2 certificate)
    {
        _made.Add(certificate);
        return certificate;
    }
}
