using System.Globalization;
using System.Text.Json;

namespace WebhookKit.AspNetCore.Api;

/// <summary>The <c>links</c> and <c>meta</c> of a page with a number, as MailerLite has them.</summary>
/// <param name="call">The request.</param>
/// <param name="number">The page's number, from 1.</param>
/// <param name="size">How many items a page has.</param>
/// <param name="total">How many there are in all.</param>
internal sealed class NumberedPage(ApiCall call, int number, int size, int total)
{
    /// <summary>How many pages are linked on each side of the current one; what is farther off is left out but for the two outermost.</summary>
    private const int OnEachSide = 3;
    private const string LeftOut = "...";

    /// <summary>What a link to another page says as this request did.</summary>
    private static readonly string[] Kept = ["status", "search", "include", "view"];

    private readonly int _last = Math.Max(1, (int)(((long)total + size - 1) / size));

    public void Write(Utf8JsonWriter json, int count)
    {
        var from = (long)(number - 1) * size;
        json.WriteStartObject("links");
        json.WriteString("first", UrlOf(1));
        json.WriteString("last", UrlOf(_last));
        json.WriteString("prev", number > 1 ? UrlOf(number - 1) : null);
        json.WriteString("next", number < _last ? UrlOf(number + 1) : null);
        json.WriteEndObject();
        json.WriteStartObject("meta");
        json.WriteNumber("current_page", number);
        WriteNumberOrNull(json, "from", count > 0 ? from + 1 : null);
        json.WriteNumber("last_page", _last);
        WriteLinks(json);
        json.WriteString("path", call.Url);
        json.WriteNumber("per_page", size);
        WriteNumberOrNull(json, "to", count > 0 ? from + count : null);
        json.WriteNumber("total", total);
        json.WriteEndObject();
    }

    private void WriteLinks(Utf8JsonWriter json)
    {
        json.WriteStartArray("links");
        WriteLink(json, number > 1 ? UrlOf(number - 1) : null, "&laquo; Previous", isActive: false);
        for (int page = 1, before = 0; page <= _last; page = NextShown(page))
        {
            if (page > before + 1) WriteLink(json, null, LeftOut, isActive: false);
            WriteLink(json, UrlOf(page), page.ToString(CultureInfo.InvariantCulture), page == number);
            before = page;
        }

        WriteLink(json, number < _last ? UrlOf(number + 1) : null, "Next &raquo;", isActive: false);
        json.WriteEndArray();
    }

    private int NextShown(int page)
    {
        // Few enough to show them all.
        if (_last < (2 * OnEachSide) + 8) return page + 1;
        var next = page + 1;
        var around = Math.Clamp(number, 1 + OnEachSide + OnEachSide, _last - OnEachSide - OnEachSide);
        if (next > 2 && next < around - OnEachSide) return around - OnEachSide;
        return next > around + OnEachSide && next < _last - 1 ? _last - 1 : next;
    }

    private string UrlOf(int page)
    {
        var limit = call.Query("limit") is null ? "" : string.Create(CultureInfo.InvariantCulture, $"&limit={size}");
        var others = string.Concat(Kept.Where(n => call.Query(n) is not null).Select(n => $"&{n}={Uri.EscapeDataString(call.Query(n)!)}"));
        return string.Create(CultureInfo.InvariantCulture, $"{call.Url}?page={page}{limit}{others}");
    }

    private static void WriteLink(Utf8JsonWriter json, string? url, string label, bool isActive)
    {
        json.WriteStartObject();
        json.WriteString("url", url);
        json.WriteString("label", label);
        json.WriteBoolean("active", isActive);
        json.WriteEndObject();
    }

    private static void WriteNumberOrNull(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } value) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }
}
