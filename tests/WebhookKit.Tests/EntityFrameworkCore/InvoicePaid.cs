namespace WebhookKit.Tests.EntityFrameworkCore;

internal sealed record InvoicePaid(Guid Id);
