using System.Text.Json.Serialization;
using WebhookKit.Tests.Management;

namespace WebhookKit.Tests.Publishing;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CampaignOpened))]
internal sealed partial class PublishingJson : JsonSerializerContext;
