using System.Text.Json.Serialization;

namespace Portal;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Receivers.Answer))]
internal sealed partial class SampleJson : JsonSerializerContext;
