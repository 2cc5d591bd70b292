namespace WebhookKit.Matching;

/// <summary>Finds the name that was probably meant. For error messages.</summary>
internal static class NearestName
{
    /// <summary>The nearest by edit distance, case ignored; of several the first in ordinal order; null among none.</summary>
    public static string? Find(string name, IEnumerable<string> among) => among
        .Order(StringComparer.Ordinal)
        .MinBy(candidate => (Distance(name, candidate, ignoreCase: true), Distance(name, candidate, ignoreCase: false)));

    /// <summary>How many characters must be added, removed or replaced (Levenshtein).</summary>
    internal static int Distance(string a, string b, bool ignoreCase)
    {
        if (ignoreCase) (a, b) = (a.ToUpperInvariant(), b.ToUpperInvariant());
        var row = Enumerable.Range(0, b.Length + 1).ToArray();
        for (var i = 0; i < a.Length; i++)
        {
            var diagonal = row[0]++;
            for (var j = 0; j < b.Length; j++)
            {
                var replaced = diagonal + (a[i] == b[j] ? 0 : 1);
                diagonal = row[j + 1];
                row[j + 1] = Math.Min(replaced, Math.Min(row[j], row[j + 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
