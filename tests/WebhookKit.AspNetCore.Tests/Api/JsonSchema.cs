using System.Text.Json;

namespace WebhookKit.AspNetCore.Tests.Api;

/// <summary>Checks JSON against as much of JSON Schema as the description of the API uses.</summary>
internal static class JsonSchema
{
    /// <summary>What is wrong with a value; nothing when it is as described.</summary>
    public static IEnumerable<string> FindFaults(JsonElement root, JsonElement schema, JsonElement value, string path = "$")
    {
        schema = Resolve(root, schema);
        if (schema.TryGetProperty("oneOf", out var kinds))
        {
            var faults = kinds.EnumerateArray().Select(k => FindFaults(root, k, value, path).ToArray()).ToArray();
            return faults.Count(f => f.Length == 0) == 1 ? [] : [$"{path} is of {faults.Count(f => f.Length == 0)} kinds: {string.Join("; ", faults.SelectMany(f => f))}"];
        }

        if (schema.TryGetProperty("type", out var type) && !IsOfType(type, value)) return [$"{path} is {value.ValueKind}, not {type}"];
        if (schema.TryGetProperty("enum", out var names) && !names.EnumerateArray().Any(n => n.GetString() == value.GetString())) return [$"{path} is '{value}', none of {names}"];
        return value.ValueKind switch
        {
            JsonValueKind.Object => FindFaultsOfObject(root, schema, value, path),
            JsonValueKind.Array when schema.TryGetProperty("items", out var items) => value.EnumerateArray().SelectMany((item, i) => FindFaults(root, items, item, $"{path}[{i}]")),
            _ => [],
        };
    }

    /// <summary>What a reference stands for.</summary>
    public static JsonElement Resolve(JsonElement root, JsonElement described)
    {
        while (described.TryGetProperty("$ref", out var reference))
        {
            described = root;
            foreach (var step in reference.GetString()!.TrimStart('#', '/').Split('/')) described = described.GetProperty(step);
        }

        return described;
    }

    private static IEnumerable<string> FindFaultsOfObject(JsonElement root, JsonElement schema, JsonElement value, string path)
    {
        if (schema.TryGetProperty("required", out var required))
        {
            foreach (var name in required.EnumerateArray().Select(r => r.GetString()!).Where(n => !value.TryGetProperty(n, out _))) yield return $"{path}.{name} is missing";
        }

        var hasMore = schema.TryGetProperty("additionalProperties", out var more);
        foreach (var property in value.EnumerateObject())
        {
            var at = $"{path}.{property.Name}";
            if (schema.TryGetProperty("properties", out var properties) && properties.TryGetProperty(property.Name, out var known))
            {
                foreach (var fault in FindFaults(root, known, property.Value, at)) yield return fault;
            }
            else if (hasMore && more.ValueKind == JsonValueKind.False)
            {
                yield return $"{at} is not described";
            }
            else if (hasMore)
            {
                foreach (var fault in FindFaults(root, more, property.Value, at)) yield return fault;
            }
        }
    }

    private static bool IsOfType(JsonElement type, JsonElement value) =>
        type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Any(t => IsOfType(t, value)) : type.GetString() switch
        {
            "object" => value.ValueKind == JsonValueKind.Object,
            "array" => value.ValueKind == JsonValueKind.Array,
            "string" => value.ValueKind == JsonValueKind.String,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "number" => value.ValueKind == JsonValueKind.Number,
            "null" => value.ValueKind == JsonValueKind.Null,
            var other => throw new ArgumentException($"There is no type '{other}'."),
        };
}
