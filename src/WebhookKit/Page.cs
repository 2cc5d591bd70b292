namespace WebhookKit;

/// <summary>One page of a list that is paged by key.</summary>
/// <typeparam name="T">What is listed.</typeparam>
/// <param name="Items">The page's items.</param>
/// <param name="Next">Pass it as <c>After</c> for the next page; <see langword="null"/> when this is the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next);
