namespace WebhookKit;

/// <summary>When the disk has what was committed.</summary>
public enum SqliteDurability
{
    /// <summary>
    /// With each commit (<c>synchronous=FULL</c>): what a call has stored outlives a crash of the process, of the machine, and a loss of
    /// power, as far as the disk does what it says.
    /// </summary>
    Full,

    /// <summary>
    /// A little later (<c>synchronous=NORMAL</c>): a crash of the process loses nothing, but a crash of the machine or a loss of power can
    /// lose the last commits: events whose publishing had returned, and attempts, which are then made again. The file stays sound.
    /// </summary>
    Normal,
}
