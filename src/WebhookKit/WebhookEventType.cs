namespace WebhookKit;

/// <summary>An event type of the catalogue.</summary>
/// <param name="Name">Its name: parts of lower-case or upper-case letters, digits, <c>_</c> and <c>-</c>, joined by dots, such as <c>subscriber.created</c>.</param>
/// <param name="Description">When it fires, in words for those who choose it.</param>
/// <param name="BatchingRequired">Whether only subscriptions that batch may receive it.</param>
/// <param name="ClrType">The CLR type of its data, for typed publishing; <see langword="null"/> when there is none.</param>
public sealed record WebhookEventType(string Name, string Description, bool BatchingRequired = false, Type? ClrType = null);
