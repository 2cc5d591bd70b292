using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace WebhookKit.Outcomes;

/// <summary>
/// Why TLS failed, as people read it. The framework tells its reasons only within a text, by the names of enumerations, and the other
/// side's as the text that OpenSSL has for its alert. What is not known here is shown as it is. Pure.
/// </summary>
internal static class TlsWords
{
    private const string Alert = " alert ";

    private static readonly (string Name, string Words)[] Faults =
    [
        (nameof(SslPolicyErrors.RemoteCertificateNameMismatch), "is for another host name"),
        (nameof(X509ChainStatusFlags.NotTimeValid), "has expired or is not valid yet"),
        (nameof(X509ChainStatusFlags.Revoked), "was revoked"),
        (nameof(X509ChainStatusFlags.UntrustedRoot), "was issued by nobody that this machine trusts"),
        (nameof(X509ChainStatusFlags.PartialChain), "was issued by nobody that this machine trusts, or lacks the certificates between"),
        (nameof(SslPolicyErrors.RemoteCertificateChainErrors), "is not one that this machine trusts"),
    ];

    /// <summary>A sentence on what is wrong.</summary>
    public static string Reason(Exception exception)
    {
        if (FindAlert(exception) is { } alert)
            return $"the endpoint broke it off with the alert '{alert}'. {(IsOnCertificate(alert) ? "It wants a client certificate that it knows." : "It may want a client certificate, or another version of TLS.")}";

        var reason = Words.Reason(exception);
        if (reason.StartsWith("Cannot determine the frame size", StringComparison.Ordinal)) return "what the endpoint sent is not TLS. Perhaps the port is one for http.";
        if (reason.StartsWith("Received an unexpected EOF", StringComparison.Ordinal)) return "the endpoint closed the connection.";
        string[] faults = [.. Faults.Where(f => reason.Contains(f.Name, StringComparison.Ordinal)).Select(f => f.Words)];
        return faults.Length > 0 ? $"the endpoint's certificate {string.Join(", and ", faults)}." : reason;
    }

    /// <summary>What the other side said when it broke TLS off; <see langword="null"/> when it said nothing.</summary>
    public static string? FindAlert(Exception exception)
    {
        var text = exception.GetBaseException().Message;
        var at = text.Contains("SSL routines:", StringComparison.Ordinal) ? text.IndexOf(Alert, StringComparison.Ordinal) : -1;
        return at < 0 ? null : text[(at + Alert.Length)..].Trim();
    }

    private static bool IsOnCertificate(string alert) => alert.Contains("certificate", StringComparison.Ordinal) || alert is "unknown ca" or "access denied";
}
