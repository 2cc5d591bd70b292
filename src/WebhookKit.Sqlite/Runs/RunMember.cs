namespace WebhookKit.Sqlite.Runs;

/// <summary>A delivery in a run: the places of its event and its subscription there, its id, and when it was published, which is when it is due.</summary>
internal readonly record struct RunMember(int Event, int Lane, Guid Id, long CreatedAt);
