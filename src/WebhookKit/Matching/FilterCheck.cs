namespace WebhookKit.Matching;

/// <summary>One walk over a filter that gathers what is wrong with it, and ends the walk where a limit is reached.</summary>
internal sealed class FilterCheck
{
    internal const int MaxDepth = 16;
    internal const int MaxConditions = 100;
    internal const int MaxValues = 1000;
    internal const int MaxTextLength = 1024;
    private const int MaxErrors = 100;

    private readonly List<WebhookFieldError> _errors = [];
    private int _conditions;
    private int _values;

    public IReadOnlyList<WebhookFieldError> Errors => _errors;

    private bool IsOver => _conditions > MaxConditions || _values > MaxValues || _errors.Count >= MaxErrors;

    public static string Below(string at, string part) => at.Length == 0 ? part : $"{at}.{part}";

    public static WebhookFieldError Error(string at, string message) =>
        new("Filter", at.Length == 0 ? $"Filter: {message}" : $"Filter, at {at}: {message}");

    public void Add(string at, string message) => _errors.Add(Error(at, message));

    /// <summary>Whether the walk may look at a filter at this depth.</summary>
    public bool Enter(string at, int depth)
    {
        if (depth <= MaxDepth) return true;
        Add(at, $"it is nested more than {MaxDepth} levels deep. Join conditions in one list instead of nesting them.");
        return false;
    }

    /// <summary>Counts a condition; false for the first one too many, which ends the walk.</summary>
    public bool Condition(string at, int values)
    {
        _conditions++;
        _values += values;
        if (_conditions > MaxConditions)
            Add(at, $"it has more than {MaxConditions} conditions. Use 'in' for many values of one field, or split the subscription.");
        else if (_values > MaxValues)
            Add(at, $"it compares with more than {MaxValues} values. Let the publisher set an attribute that says it in one.");
        return !IsOver;
    }

    public void Terms(string at, string name, WebhookFilter[] terms, int depth)
    {
        if (!Enter(at, depth)) return;
        if (terms.Length == 0) Add(at, $"'{name}' has no conditions. Give it at least one.");
        for (var i = 0; i < terms.Length && !IsOver; i++)
            terms[i].Check(this, Below(at, $"{name}[{i}]"), depth + 1);
    }

    public void Text(string at, string what, string text)
    {
        if (text.Length > MaxTextLength)
            Add(at, $"the {what} {Quote.Of(text)} has {text.Length} characters; {MaxTextLength} is the most. Shorten it.");
        if (Utf16.HasLoneSurrogate(text))
            Add(at, $"the {what} {Quote.Of(text)} has half a character (an unpaired surrogate). Remove it.");
    }
}
