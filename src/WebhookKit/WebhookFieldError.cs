namespace WebhookKit;

/// <summary>One value that was refused.</summary>
/// <param name="Field">The name of the property or parameter, such as <c>Url</c>.</param>
/// <param name="Message">What is wrong with which value, and what to do.</param>
public sealed record WebhookFieldError(string Field, string Message);
