namespace Portal;

/// <summary>The endpoints that webhooks of this sample go to, in the same process.</summary>
internal static class Receivers
{
    public static void MapReceivers(this WebApplication app)
    {
        string[] methods = ["GET", "POST"];
        app.MapMethods("/receivers/good", methods, () => Results.Json(new Answer("thanks"), SampleJson.Default.Answer));
        app.MapMethods("/receivers/slow", methods, async (CancellationToken aborted) =>
        {
            await Task.Delay(Random.Shared.Next(500, 2000), aborted);
            return Results.Json(new Answer("at last"), SampleJson.Default.Answer);
        });
        app.MapMethods("/receivers/flaky", methods, () => Random.Shared.Next(3) == 0
            ? Results.Text("The worker is restarting. Try again in a moment.", statusCode: StatusCodes.Status503ServiceUnavailable)
            : Results.Json(new Answer("thanks"), SampleJson.Default.Answer));
        app.MapMethods("/receivers/failing", methods, () => Results.Text("NullReferenceException at Erp.Import.Line 1138", statusCode: StatusCodes.Status500InternalServerError));
        app.MapMethods("/receivers/gone", methods, () => Results.StatusCode(StatusCodes.Status410Gone));
    }

    internal sealed record Answer(string Message);
}
