using System.Globalization;

namespace CrashNode;

/// <summary>Lets each request say which process has sent it.</summary>
internal sealed class NodeHeader(int run) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Add("x-node", run.ToString(CultureInfo.InvariantCulture));
        return base.SendAsync(request, cancellationToken);
    }
}
