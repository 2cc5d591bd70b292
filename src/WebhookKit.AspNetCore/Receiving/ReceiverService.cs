using Microsoft.Extensions.Hosting;

namespace WebhookKit.AspNetCore.Receiving;

/// <summary>Lets what receivers have answered be handled before the host ends, within its shutdown time. Until then they take what still comes.</summary>
internal sealed class ReceiverService(ReceiverSet receivers) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => receivers.DrainAsync(cancellationToken);
}
