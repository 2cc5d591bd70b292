namespace WebhookKit;

/// <summary>How the inspector works; see <see cref="WebhookInspectorEndpointExtensions.MapWebhookInspector"/>.</summary>
public sealed class WebhookInspectorOptions
{
    /// <summary>
    /// Maps it outside of development too. It shows whoever can reach it what others have sent, so call <c>RequireAuthorization()</c> on what
    /// is mapped. Default: no, and mapping it throws there.
    /// </summary>
    public bool AllowOutsideDevelopment { get; set; }

    /// <summary>The profile under which requests are verified, until another is chosen on the page. <see langword="null"/> (the default): none.</summary>
    public WebhookProfile? Profile { get; set; }

    /// <summary>The secrets to verify with, until another is given on the page. They are never shown.</summary>
    public IList<string> Secrets { get; } = [];

    /// <summary>How many bins are kept; beyond, the one that was used longest ago goes. 1 to 1,000. Default: 20.</summary>
    public int MaxBins { get; set; } = 20;

    /// <summary>How many requests a bin keeps; beyond, the oldest go. 1 to 10,000. Default: 100.</summary>
    public int MaxRequests { get; set; } = 100;

    /// <summary>How many bytes of bodies and headers a bin keeps; beyond, the oldest requests go. 64 KiB to 256 MiB. Default: 4 MiB.</summary>
    public int MaxBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>How much of a body is kept, in bytes; the rest is read and dropped, and the request not verified. 1 to <see cref="MaxBytes"/>. Default: 256 KiB.</summary>
    public int MaxBodyBytes { get; set; } = 256 * 1024;
}
