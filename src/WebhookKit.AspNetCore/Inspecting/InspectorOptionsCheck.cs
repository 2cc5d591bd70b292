using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace WebhookKit.AspNetCore.Inspecting;

/// <summary>Refuses to show strangers' requests where it is not asked to, and options that cannot work.</summary>
internal static class InspectorOptionsCheck
{
    public static void ThrowIfFaulty(WebhookInspectorOptions options, IServiceProvider services)
    {
        if (!options.AllowOutsideDevelopment && services.GetService<IHostEnvironment>()?.IsDevelopment() != true)
        {
            throw new InvalidOperationException(
                "The webhook inspector is for development, and this host does not run in it. Map it only if app.Environment.IsDevelopment(), or set "
                + $"{nameof(WebhookInspectorOptions)}.{nameof(WebhookInspectorOptions.AllowOutsideDevelopment)} and call RequireAuthorization() on what is mapped.");
        }

        string[] faults =
        [
            .. Range(nameof(options.MaxBins), options.MaxBins, 1, 1000),
            .. Range(nameof(options.MaxRequests), options.MaxRequests, 1, 10_000),
            .. Range(nameof(options.MaxBytes), options.MaxBytes, 64 * 1024, 256 * 1024 * 1024),
            .. Range(nameof(options.MaxBodyBytes), options.MaxBodyBytes, 1, options.MaxBytes),
            .. options.Profile is { } profile ? Inspection.FindFault(profile, options.Secrets) is { } fault ? [$"Profile and Secrets cannot be used. {fault}"] : [] : Array.Empty<string>(),
        ];
        if (faults.Length > 0) throw new ArgumentException(string.Join(Environment.NewLine, faults.Select(f => $"WebhookInspectorOptions: {f}")));
    }

    private static IEnumerable<string> Range(string option, int value, int least, int most)
    {
        if (value < least || value > most) yield return $"{option} is {value}, which is out of range. Use {least} to {most}.";
    }
}
