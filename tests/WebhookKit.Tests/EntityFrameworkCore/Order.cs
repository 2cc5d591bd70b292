namespace WebhookKit.Tests.EntityFrameworkCore;

/// <summary>An entity that raises nothing itself; the database makes <see cref="Number"/>.</summary>
internal sealed class Order
{
    public Guid Id { get; set; } = Guid.NewGuid();

    public int Number { get; set; }

    public required string Name { get; set; }
}
