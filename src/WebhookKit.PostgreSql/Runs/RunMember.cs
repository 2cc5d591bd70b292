namespace WebhookKit.PostgreSql.Runs;

/// <summary>A delivery in a run: the place of its event in the group, its id, and when it was published, which is when it is due.</summary>
internal readonly record struct RunMember(int Place, Guid Id, long CreatedAt);
