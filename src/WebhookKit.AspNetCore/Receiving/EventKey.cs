namespace WebhookKit.AspNetCore.Receiving;

/// <summary>By what a duplicate is told: an event's id, within whatever the ids of one sender may be told apart by.</summary>
/// <param name="Scope">The tenant, or what the route says of the sender.</param>
/// <param name="Source">The CloudEvents source, within which its ids are unique.</param>
/// <param name="Id">The event's id; <see langword="null"/> when it has none, and so is never a duplicate.</param>
internal readonly record struct EventKey(string Scope, string Source, string? Id);
