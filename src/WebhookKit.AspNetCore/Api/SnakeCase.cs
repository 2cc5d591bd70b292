using System.Text.Json;

namespace WebhookKit.AspNetCore.Api;

/// <summary>Names as they stand in the API's JSON.</summary>
internal static class SnakeCase
{
    public static string Of(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);

    public static string Of<T>(T value)
        where T : struct, Enum => Of(value.ToString());

    /// <summary>Finds the value of an enum by its name in the API.</summary>
    public static bool TryParse<T>(string? text, out T value)
        where T : struct, Enum
    {
        foreach (var candidate in Enum.GetValues<T>())
        {
            if (Of(candidate) != text) continue;
            value = candidate;
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>All values of an enum, for a message.</summary>
    public static string All<T>()
        where T : struct, Enum => string.Join(", ", Enum.GetValues<T>().Select(v => $"'{Of(v)}'"));
}
