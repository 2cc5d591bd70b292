using System.Text;

namespace WebhookKit.FunctionalTests;

/// <summary>A request as it arrived.</summary>
internal sealed record Received(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);
}
