using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace WebhookKit.Publishing;

/// <summary>The default of <see cref="WebhookOptions.SerializerOptions"/>: the web defaults, by reflection where the host has it.</summary>
internal static class DefaultJson
{
    public static JsonSerializerOptions CreateOptions() => new(JsonSerializerDefaults.Web) { TypeInfoResolver = CreateResolver() };

    /// <summary>Options that a host has made with <c>new</c> name no resolver: they get the one that the serializer itself would use.</summary>
    public static JsonSerializerOptions WithResolver(JsonSerializerOptions options) =>
        options.TypeInfoResolver is null ? new JsonSerializerOptions(options) { TypeInfoResolver = CreateResolver() } : options;

    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "Trimmed hosts switch reflection off, and then this branch is not taken.")]
    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "AOT hosts switch reflection off, and then this branch is not taken.")]
    private static IJsonTypeInfoResolver CreateResolver() =>
        JsonSerializer.IsReflectionEnabledByDefault ? new DefaultJsonTypeInfoResolver() : JsonTypeInfoResolver.Combine();
}
