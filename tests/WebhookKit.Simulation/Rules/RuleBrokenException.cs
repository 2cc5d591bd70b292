namespace WebhookKit.Simulation.Rules;

/// <summary>Something happened that must not.</summary>
internal sealed class RuleBrokenException(string message) : Exception(message);
