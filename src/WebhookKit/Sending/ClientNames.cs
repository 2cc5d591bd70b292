namespace WebhookKit.Sending;

/// <summary>The HTTP clients that the host has added beside the usual one.</summary>
internal sealed class ClientNames(IEnumerable<ClientName> names)
{
    private readonly HashSet<string> _names = [.. names.Select(n => n.Value)];

    public string? FindFault(string? name) => name is null || _names.Contains(name)
        ? null
        : $"There is no HTTP client '{name}'. Add it with AddHttpClient(…){(_names.Count > 0 ? $", or use one of {string.Join(", ", _names)}" : "")}.";
}
