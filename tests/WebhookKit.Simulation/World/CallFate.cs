namespace WebhookKit.Simulation.World;

/// <summary>What becomes of a call to the database.</summary>
internal readonly record struct CallFate(TimeSpan There, TimeSpan Back, bool IsInstant, bool IsRefused, bool IsAnswerLost);
