using Microsoft.Extensions.Diagnostics.HealthChecks;
using WebhookKit.Diagnostics;

namespace WebhookKit.AspNetCore.Health;

/// <summary>Asks the engine how it is.</summary>
internal sealed class WebhookHealthCheck(EngineHealth health, WebhookHealthOptions options) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken) =>
        Verdict.Of(await health.ReadAsync(cancellationToken), options, context.Registration.FailureStatus);
}
