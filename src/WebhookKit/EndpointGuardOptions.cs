namespace WebhookKit;

/// <summary>
/// Where requests may go. Unless said otherwise: https only, to hosts of the public internet, whose addresses are looked at on every
/// connection. docs/security.md says what that guards against.
/// </summary>
public sealed class EndpointGuardOptions
{
    /// <summary>Lets URLs begin with <c>http:</c>. Default: no. What is sent so can be read and changed on its way.</summary>
    public bool AllowHttp { get; set; }

    /// <summary>
    /// Lets requests go to this machine (127.0.0.0/8, ::1, <c>localhost</c>), by http too. Default: no. For development and tests;
    /// <see cref="IWebhooksBuilder.AllowLoopback"/> sets it.
    /// </summary>
    public bool AllowLoopback { get; set; }

    /// <summary>
    /// Ranges of addresses that requests may go to although they are not public, such as <c>10.1.0.0/16</c> or <c>fd00::/8</c>. Those of
    /// IPv4 hold for addresses that are mapped into IPv6 too.
    /// </summary>
    public IList<string> AllowedNetworks { get; } = [];

    /// <summary>
    /// Hosts that requests may go to whatever their addresses are, such as <c>hooks.internal</c>, or <c>*.svc.internal</c> for all below
    /// (<c>svc.internal</c> itself is not). Upper and lower case are the same. Only as safe as the name's DNS.
    /// </summary>
    public IList<string> AllowedHosts { get; } = [];

    /// <summary>
    /// A proxy that all requests go through, such as <c>http://egress.internal:3128</c>; <see langword="null"/> (the default) for none,
    /// whatever the environment says. The proxy then looks names up and connects, so <b>it</b> must refuse what is not public.
    /// </summary>
    public Uri? Proxy { get; set; }
}
