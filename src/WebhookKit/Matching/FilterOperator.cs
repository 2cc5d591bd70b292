namespace WebhookKit.Matching;

/// <summary>How a filter compares. Its name in JSON is the name here in camel case.</summary>
internal enum FilterOperator
{
    EqualTo,
    In,
    Exists,
    StartsWith,
    LessThan,
    LessThanOrEqualTo,
    GreaterThan,
    GreaterThanOrEqualTo,
}
