using System.Security.Cryptography;
using System.Text;

namespace WebhookKit.Tests.Signing;

/// <summary>Signs by hand with <c>hmac-sha256</c>, so that parameters that the signer never makes are signed rightly too.</summary>
internal static class HttpMessageSigning
{
    /// <param name="parameters">What comes after <c>created</c>.</param>
    public static Dictionary<string, string> With(string parameters)
    {
        var headers = HttpMessageSample.Sign(HttpMessageSample.Hmac);
        var input = $"(\"@method\" \"@target-uri\" \"content-type\" \"content-digest\" \"webhook-id\");created={HttpMessageSample.Now.ToUnixTimeSeconds()}{parameters}";
        var signed =
            $"\"@method\": POST\n\"@target-uri\": {HttpMessageSample.Uri}\n\"content-type\": application/json\n" +
            $"\"content-digest\": {headers["Content-Digest"]}\n\"webhook-id\": msg_1\n\"@signature-params\": {input}";
        var hash = HMACSHA256.HashData(Encoding.UTF8.GetBytes(HttpMessageSample.Secret), Encoding.UTF8.GetBytes(signed));
        headers["Signature-Input"] = "sig1=" + input;
        headers["Signature"] = $"sig1=:{Convert.ToBase64String(hash)}:";
        return headers;
    }
}
