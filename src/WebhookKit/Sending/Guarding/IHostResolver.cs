using System.Net;

namespace WebhookKit.Sending.Guarding;

/// <summary>Looks names up; a seam for tests.</summary>
internal interface IHostResolver
{
    ValueTask<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken);
}
