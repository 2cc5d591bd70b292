namespace WebhookKit.Tests.EntityFrameworkCore;

/// <summary>Where a connection breaks.</summary>
internal enum Fault
{
    None,

    /// <summary>Before rows are written.</summary>
    BeforeRows,

    /// <summary>When all is written and nothing is committed.</summary>
    BeforeCommit,

    /// <summary>As before, but the server ends the connection itself.</summary>
    Terminated,

    /// <summary>When all is committed, so that only the answer is lost.</summary>
    AfterCommit,
}
