using System.Text.Json;
using System.Text.Json.Serialization;

namespace WebhookKit.AspNetCore.Api;

/// <summary>What trimmed hosts need to serialize JSON that came in.</summary>
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class ApiJsonContext : JsonSerializerContext;
