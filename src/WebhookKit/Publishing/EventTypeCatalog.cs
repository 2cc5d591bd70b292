using System.Collections.Frozen;
using WebhookKit.Matching;

namespace WebhookKit.Publishing;

/// <summary>The event types that the host has named: what may be published, and what can be subscribed to.</summary>
internal sealed class EventTypeCatalog
{
    internal const int MaxPatterns = 1000;

    private readonly FrozenDictionary<string, WebhookEventType> _byName;
    private readonly FrozenDictionary<Type, WebhookEventType> _byClrType;
    private readonly bool _allowUnknown;

    /// <summary>Makes a catalogue. It never throws: what is wrong stands in <see cref="Faults"/>, for the validator of the options.</summary>
    public EventTypeCatalog(IEnumerable<WebhookEventType> types, bool allowUnknown)
    {
        _allowUnknown = allowUnknown;
        var byName = new Dictionary<string, WebhookEventType>(StringComparer.Ordinal);
        var byClrType = new Dictionary<Type, WebhookEventType>();
        var faults = new List<string>();
        foreach (var type in types)
        {
            if (EventTypeName.FaultOf(type.Name) is { } fault)
            {
                faults.Add($"AddEventType: {fault}");
                continue;
            }

            if (!byName.TryAdd(type.Name, type) && byName[type.Name] != type)
                faults.Add($"AddEventType: the event type '{type.Name}' is added twice with different descriptions, CLR types or batching. Add it once.");
            if (type.ClrType is { } clrType && !byClrType.TryAdd(clrType, type) && byClrType[clrType].Name != type.Name)
                faults.Add($"AddEventType: the CLR type {clrType} is bound to both '{byClrType[clrType].Name}' and '{type.Name}'. Bind it to one, and publish the other by name.");
        }

        _byName = byName.ToFrozenDictionary(StringComparer.Ordinal);
        _byClrType = byClrType.ToFrozenDictionary();
        All = [.. byName.Values];
        BatchingRequired = byName.Values.Where(type => type.BatchingRequired).Select(type => type.Name).ToFrozenSet(StringComparer.Ordinal);
        Faults = faults;
    }

    /// <summary>The event types in the order in which they were added.</summary>
    public IReadOnlyList<WebhookEventType> All { get; }

    /// <summary>The names of the event types that only subscriptions with batching receive: for <see cref="SubscriptionIndex.Create"/>.</summary>
    public IReadOnlySet<string> BatchingRequired { get; }

    /// <summary>What is wrong with the catalogue itself; empty when it is sound.</summary>
    public IReadOnlyList<string> Faults { get; }

    public WebhookEventType? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The event type that a CLR type is bound to; not inherited.</summary>
    public WebhookEventType? FindByClrType(Type clrType) => _byClrType.GetValueOrDefault(clrType);

    /// <summary>Checks the type of an event that is to be published.</summary>
    /// <returns>What is wrong; null when nothing is.</returns>
    public WebhookFieldError? CheckType(string? type)
    {
        const string Field = "EventType";
        if (type is not null && _byName.ContainsKey(type)) return null;
        if (EventTypeName.FaultOf(type) is { } fault) return new WebhookFieldError(Field, fault);
        return _allowUnknown
            ? null
            : new WebhookFieldError(Field, $"The event type {Quote.Of(type)} is not in the catalogue. {Hint(type!, _byName.Keys)}");
    }

    /// <summary>Checks the patterns of a subscription.</summary>
    /// <remarks>
    /// An event type that requires batching is refused when a subscription that does not batch names it. A wildcard that covers
    /// it beside others is accepted, and the index then leaves that type out; one that covers nothing else is refused.
    /// </remarks>
    /// <param name="patterns">The patterns; none is fine.</param>
    /// <param name="hasBatching">Whether the subscription batches.</param>
    /// <returns>All that is wrong; empty when nothing is.</returns>
    public IReadOnlyList<WebhookFieldError> CheckPatterns(IReadOnlyList<string> patterns, bool hasBatching)
    {
        const string Field = "EventTypes";
        if (patterns.Count > MaxPatterns)
            return [new WebhookFieldError(Field, $"There are {patterns.Count} event type patterns; {MaxPatterns} is the most. Use wildcards such as 'a.*'.")];
        return [.. patterns.Select(pattern => FaultOf(pattern, hasBatching)).OfType<string>().Select(fault => new WebhookFieldError(Field, fault))];
    }

    private string? FaultOf(string? text, bool hasBatching)
    {
        if (!EventTypePattern.TryParse(text, out var pattern)) return EventTypePattern.FaultOf(text);
        var covered = All.Where(type => pattern.Matches(type.Name)).ToList();
        // In an open catalogue a wildcard may always match a type that nobody has named.
        var isOpen = _allowUnknown && !(pattern.IsExact && covered.Count > 0);
        if (covered.Count == 0 && !isOpen)
            return $"The event type pattern {Quote.Of(text)} can match nothing in the catalogue. {Hint(pattern.Text, Choices(pattern))}";
        if (hasBatching || isOpen || !covered.All(type => type.BatchingRequired)) return null;
        return $"The event type pattern {Quote.Of(text)} covers only types that require batching ({Names(covered)}). Set Batching on the subscription.";
    }

    /// <summary>What somebody could have meant: names for a name; for a wildcard, those that cover something.</summary>
    private IEnumerable<string> Choices(EventTypePattern pattern)
    {
        if (pattern.IsExact) return _byName.Keys;
        return All.Select(type => type.Name).SelectMany(name => name.Index().Where(c => c.Item == '.').Select(c => name[..(c.Index + 1)] + "*")).Distinct();
    }

    private static string Hint(string name, IEnumerable<string> choices)
    {
        const string Fix = "Add it with AddEventType(...), or set WebhookOptions.AllowUnknownEventTypes.";
        return NearestName.Find(name, choices) is { } nearest ? $"The nearest known one is '{nearest}'. {Fix}" : $"The catalogue has none like it. {Fix}";
    }

    private static string Names(List<WebhookEventType> types)
    {
        var names = string.Join(", ", types.Take(3).Select(type => $"'{type.Name}'"));
        return types.Count > 3 ? $"{names} and {types.Count - 3} more" : names;
    }
}
