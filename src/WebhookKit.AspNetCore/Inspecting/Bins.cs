namespace WebhookKit.AspNetCore.Inspecting;

/// <summary>The bins by name. A new one takes the place of the one that was used longest ago when there are too many.</summary>
internal sealed class Bins(WebhookInspectorOptions options)
{
    private const int MaxNameLength = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Name, Bin Bin)>> _byName = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Name, Bin Bin)> _byUse = new();

    public static bool IsName(string? name) => name?.Length is > 0 and <= MaxNameLength && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    public Bin Get(string name)
    {
        lock (_gate)
        {
            if (_byName.TryGetValue(name, out var node))
            {
                _byUse.Remove(node);
            }
            else
            {
                var settings = new BinSettings { Profile = options.Profile, Secrets = [.. options.Secrets] };
                node = new LinkedListNode<(string Name, Bin Bin)>((name, new Bin(options.MaxRequests, options.MaxBytes, settings)));
                _byName[name] = node;
            }

            _byUse.AddLast(node);
            if (_byUse.Count > options.MaxBins)
            {
                _byName.Remove(_byUse.First!.Value.Name);
                _byUse.RemoveFirst();
            }

            return node.Value.Bin;
        }
    }
}
