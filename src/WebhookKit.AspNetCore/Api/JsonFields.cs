using System.Text.Json;

namespace WebhookKit.AspNetCore.Api;

/// <summary>Reads the fields of a JSON object and gathers what is wrong with them. A field that is null or not there is null.</summary>
internal sealed class JsonFields(JsonElement body)
{
    public FieldErrors Errors { get; } = new();

    /// <summary>Whether a field is there, be it null.</summary>
    public bool Has(string name) => body.TryGetProperty(name, out _);

    public JsonElement? Json(string name) => body.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    public string? Text(string name) => Json(name) is { } value ? TextOf(name, value) : null;

    public bool? Flag(string name)
    {
        if (Json(name) is not { } value) return null;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Errors.Add(name, $"The {name} field must be true or false.");
        return null;
    }

    public long? Number(string name, long least, long most)
    {
        if (Json(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= least && number <= most) return number;
        Errors.Add(name, $"The {name} field must be a whole number from {least} to {most}.");
        return null;
    }

    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text) return null;
        if (ApiTime.TryParse(text, out var time)) return time;
        Errors.Add(name, $"The {name} field is no time. {ApiTime.Help}");
        return null;
    }

    public List<string>? Texts(string name)
    {
        if (Json(name) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Array)
        {
            Errors.Add(name, $"The {name} field must be an array of strings.");
            return null;
        }

        return [.. value.EnumerateArray().Select(item => TextOf(name, item)).OfType<string>()];
    }

    public Dictionary<string, string>? Map(string name)
    {
        if (Json(name) is not { } value) return null;
        if (value.ValueKind != JsonValueKind.Object)
        {
            Errors.Add(name, $"The {name} field must be an object of strings.");
            return null;
        }

        var map = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            if (TextOf(name, property.Value) is { } text) map[property.Name] = text;
        }

        return map;
    }

    public T? OneOf<T>(string name)
        where T : struct, Enum
    {
        if (Text(name) is not { } text) return null;
        if (SnakeCase.TryParse<T>(text, out var value)) return value;
        Errors.Add(name, $"The {name} field must be one of {SnakeCase.All<T>()}.");
        return null;
    }

    /// <summary>An object within, whose errors are named with it.</summary>
    public JsonFields? Fields(string name)
    {
        if (Json(name) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Object) return new JsonFields(value);
        Errors.Add(name, $"The {name} field must be an object.");
        return null;
    }

    private string? TextOf(string name, JsonElement value)
    {
        try
        {
            if (value.ValueKind == JsonValueKind.String) return value.GetString();
            Errors.Add(name, value.ValueKind == JsonValueKind.Null ? $"The {name} field must not hold null." : $"The {name} field must be a string.");
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair.
            Errors.Add(name, $"The {name} field is no valid text.");
        }

        return null;
    }
}
