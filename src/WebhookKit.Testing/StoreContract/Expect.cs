using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace WebhookKit.Testing;

/// <summary>Throws unless a store did what was expected. What was looked at is named by the code that looks.</summary>
internal static class Expect
{
    public static void Equal<T>(T expected, T actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual)) Fail(what, Members.ToText(expected), Members.ToText(actual));
    }

    public static void True(bool actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        if (!actual) Fail(what, "true", "false");
    }

    public static void False(bool actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        if (actual) Fail(what, "false", "true");
    }

    public static void Null<T>(T? actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        if (actual is not null) Fail(what, "null", Members.ToText(actual));
    }

    public static T NotNull<T>([NotNull] T? actual, [CallerArgumentExpression(nameof(actual))] string what = "")
        where T : class
    {
        if (actual is null) Fail(what, "one", "null");
        return actual;
    }

    /// <summary>The same items in the same order.</summary>
    public static void Sequence<T>(IEnumerable<T> expected, IEnumerable<T> actual, [CallerArgumentExpression(nameof(actual))] string what = "")
    {
        T[] wanted = [.. expected], found = [.. actual];
        if (!wanted.SequenceEqual(found)) Fail(what, Members.ToText(wanted), Members.ToText(found));
    }

    /// <summary>The same items in any order.</summary>
    public static void Items<T>(IEnumerable<T> expected, IEnumerable<T> actual, [CallerArgumentExpression(nameof(actual))] string what = "")
        where T : notnull
    {
        T[] wanted = [.. expected], found = [.. actual];
        var counts = wanted.CountBy(item => item).ToDictionary();
        if (wanted.Length != found.Length || found.CountBy(item => item).Any(item => counts.GetValueOrDefault(item.Key) != item.Value))
            Fail(what, $"in any order {Members.ToText(wanted)}", Members.ToText(found));
    }

    /// <summary>Equal in every public member, lists, dictionaries and bytes by what is in them.</summary>
    public static void Same<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(
        T expected, [NotNull] T? actual, [CallerArgumentExpression(nameof(actual))] string what = "")
        where T : class
    {
        if (Members.FindDifference(expected, NotNull(actual, what)) is var (member, wanted, found)) Fail($"{what}, {member}", wanted, found);
    }

    /// <summary>As many, each <see cref="Same{T}"/> as the one in its place.</summary>
    public static void AllSame<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] T>(
        IReadOnlyList<T> expected, IReadOnlyList<T> actual, [CallerArgumentExpression(nameof(actual))] string what = "")
        where T : class
    {
        Equal(expected.Count, actual.Count, $"the count of {what}");
        for (var i = 0; i < expected.Count; i++) Same(expected[i], actual[i], $"{what}, item {i}");
    }

    public static async Task<TException> ThrowsAsync<TException>(Func<Task> act, [CallerArgumentExpression(nameof(act))] string what = "")
        where TException : Exception
    {
        try
        {
            await act();
        }
        catch (TException expected)
        {
            return expected;
        }
        catch (Exception other) when (other is not WebhookAssertionException)
        {
            throw new WebhookAssertionException($"{what}: expected {typeof(TException).Name}, but there was {other}");
        }

        throw new WebhookAssertionException($"{what}: expected {typeof(TException).Name}, but nothing was thrown.");
    }

    [DoesNotReturn]
    private static void Fail(string what, string expected, string actual) =>
        throw new WebhookAssertionException($"{what}: expected {expected}, but there was {actual}.");
}
