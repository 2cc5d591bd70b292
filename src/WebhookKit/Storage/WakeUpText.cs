using System.Text;

namespace WebhookKit.Storage;

/// <summary>Wake-up messages as texts: words with a space between them, each with a mark that says what it is. Pure.</summary>
internal static class WakeUpText
{
    /// <summary>Room for the longest id with its mark, and some to spare.</summary>
    private const int MinLength = 100;

    private const char Separator = ' ';
    private const string EverythingWord = "*";
    private const string ChangedWord = "!";

    // None of the marks can stand in an id, so that a word without one is of a later version.
    private const char DueMark = '+';
    private const char RereadMark = '~';

    public static List<string> Write(WakeUp wakeUp, int maxLength)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxLength, MinLength);
        List<string> texts = [];
        var text = new StringBuilder();
        foreach (var word in WordsOf(wakeUp))
        {
            if (text.Length > 0 && text.Length + 1 + word.Length > maxLength)
            {
                texts.Add(text.ToString());
                text.Clear();
            }

            if (text.Length > 0) text.Append(Separator);
            text.Append(word);
        }

        if (text.Length > 0) texts.Add(text.ToString());
        return texts;
    }

    public static WakeUp Read(string? text)
    {
        if (string.IsNullOrEmpty(text)) return WakeUp.Everything;
        List<string> due = [], reread = [];
        var changed = false;
        foreach (var word in text.Split(Separator))
        {
            if (word == ChangedWord) changed = true;
            else if (word.Length > 1 && word[0] == DueMark) due.Add(word[1..]);
            else if (word.Length > 1 && word[0] == RereadMark) reread.Add(word[1..]);
            else return WakeUp.Everything;
        }

        return new WakeUp { SubscriptionsChanged = changed, SubscriptionIds = due, RereadIds = reread };
    }

    private static IEnumerable<string> WordsOf(WakeUp wakeUp)
    {
        if (wakeUp.IsEverything) return [EverythingWord];
        IEnumerable<string> changed = wakeUp.SubscriptionsChanged ? [ChangedWord] : [];
        return [.. changed, .. wakeUp.SubscriptionIds.Select(id => DueMark + id), .. wakeUp.RereadIds.Select(id => RereadMark + id)];
    }
}
