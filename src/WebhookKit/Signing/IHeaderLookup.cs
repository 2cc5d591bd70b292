namespace WebhookKit.Signing;

/// <summary>Headers that need not be walked to find one.</summary>
internal interface IHeaderLookup
{
    /// <summary>Counts how often a header is there. Upper and lower case are the same.</summary>
    /// <param name="name">The header's name.</param>
    /// <param name="value">The first of its values, if it is there.</param>
    int Count(string name, out string? value);
}
