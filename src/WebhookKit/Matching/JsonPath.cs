using System.Text.Json;

namespace WebhookKit.Matching;

/// <summary>A path to one place in JSON data: property names and array indexes.</summary>
internal sealed class JsonPath(IReadOnlyList<JsonPathStep> steps)
{
    // An array, so that walking it neither allocates an enumerator nor calls an interface.
    private readonly JsonPathStep[] _steps = [.. steps];

    /// <summary>Reads a path.</summary>
    /// <returns>The path; null when it is bad, and then <paramref name="fault"/> says what is wrong where.</returns>
    public static JsonPath? Parse(string text, out string? fault)
    {
        var parser = new JsonPathParser(text);
        var path = parser.TryRead() ? new JsonPath(parser.Steps) : null;
        fault = parser.Fault;
        return path;
    }

    public bool TryFind(JsonElement root, out JsonElement found)
    {
        found = root;
        foreach (var step in _steps)
        {
            if (step.Name is { } name)
            {
                if (found.ValueKind is not JsonValueKind.Object || !found.TryGetProperty(name, out found)) return false;
            }
            else
            {
                if (found.ValueKind is not JsonValueKind.Array || step.Index >= found.GetArrayLength()) return false;
                found = found[step.Index];
            }
        }

        return true;
    }
}
