using Microsoft.AspNetCore.Http;

namespace WebhookKit.AspNetCore.Api;

/// <summary>Gathers what is wrong with the fields of a request, so that all is said at once.</summary>
internal sealed class FieldErrors
{
    private readonly SortedDictionary<string, List<string>> _errors = new(StringComparer.Ordinal);

    public bool IsEmpty => _errors.Count == 0;

    public void Add(string field, string message)
    {
        if (!_errors.TryGetValue(field, out var messages)) _errors.Add(field, messages = []);
        messages.Add(message);
    }

    /// <summary>Adds what the library says of fields of which nothing has been said yet: what could not be read, it has not seen.</summary>
    public void AddOthers(IReadOnlyList<WebhookFieldError> faults)
    {
        foreach (var group in faults.GroupBy(f => NameOf(f.Field)).Where(g => !_errors.ContainsKey(g.Key)).ToList())
        {
            foreach (var fault in group) Add(group.Key, fault.Message);
        }
    }

    /// <summary>Adds what is wrong within an object, under its name.</summary>
    public void AddWithin(string name, FieldErrors errors)
    {
        foreach (var (field, messages) in errors._errors)
        {
            foreach (var message in messages) Add($"{name}.{field}", message);
        }
    }

    public void ThrowIfAny()
    {
        if (!IsEmpty) throw ToException();
    }

    public static ApiException Of(WebhookValidationException invalid)
    {
        var errors = new FieldErrors();
        errors.AddOthers(invalid.Errors);
        return errors.ToException();
    }

    private ApiException ToException() => new(StatusCodes.Status422UnprocessableEntity, "The given data was invalid.", _errors);

    /// <summary>The name that a property of the library has in the API.</summary>
    private static string NameOf(string property) => property switch
    {
        nameof(WebhookSubscription.EventTypes) => "events",
        nameof(WebhookSubscription.Secrets) => "secret",
        nameof(DeliveryQuery.After) => "cursor",
        nameof(StatisticsQuery.Step) => "step_seconds",
        _ => SnakeCase.Of(property),
    };
}
