namespace WebhookKit.Testing;

/// <summary>Events and deliveries come back exactly as they were published.</summary>
internal static class RoundTripCases
{
    private const string Group = PublishCases.Group;

    /// <summary>Quotes, signs that databases give a meaning, right-to-left text, combining accents, and the first and last code points beyond 16 bits.</summary>
    private const string Odd = "'\"`;--%_\\\t\r\n é e\u0301 שלום 日本 \U00010000\U0010FFFF";

    public static IReadOnlyList<StoreContractCase> All { get; } =
    [
        StoreContractCase.Of(Group, Publish_Event_ComesBackExactly),
        StoreContractCase.Of(Group, Publish_EventWithDefaults_ComesBackExactly),
        StoreContractCase.Of(Group, Publish_Attributes_ComeBackInTheirOrder),
        StoreContractCase.Of(Group, Publish_BinaryData_ComesBackExactly),
        StoreContractCase.Of(Group, Publish_Delivery_ComesBackExactly),
        StoreContractCase.Of(Group, Publish_OddTenantAndIds_AreFoundByThem),
        StoreContractCase.Of(Group, Publish_LongestTexts_ComeBackExactly),
    ];

    private static async Task Publish_Event_ComesBackExactly(StoreDriver d)
    {
        var published = new WebhookEvent
        {
            Id = "'e\"1`--%_\\",
            TenantId = Odd,
            Type = "list.subscriber_created",
            OccurredAt = new DateTimeOffset(2025, 12, 31, 23, 59, 59, TimeSpan.FromMinutes(-210)).AddTicks(1_234_567),
            Data = """{"email":"ada@example.com","name":"Ünïcode \u0001 😀"}"""u8.ToArray(),
            ContentType = "application/vnd.acme+json; charset=utf-8",
            OrderingKey = "key " + Odd,
            Attributes = new Dictionary<string, string> { ["source"] = "api", [Odd] = Odd, ["empty"] = "" },
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        };

        await ExpectBackAsync(d, published);
    }

    private static Task Publish_EventWithDefaults_ComesBackExactly(StoreDriver d) =>
        ExpectBackAsync(d, new WebhookEvent { Id = "e", Type = "a", Data = ReadOnlyMemory<byte>.Empty });

    private static async Task Publish_Attributes_ComeBackInTheirOrder(StoreDriver d)
    {
        string[] names = ["zebra", "Apple", "apple", "10", "9", "\u00e9", "a b"];
        var published = StoreDriver.Event("e") with { Attributes = names.ToDictionary(n => n, n => n + "=") };
        await d.PublishAsync(d.Write(published));

        Expect.Sequence(names, Expect.NotNull(await d.Store.GetEventAsync(null, "e", default)).Attributes.Keys);
    }

    private static Task Publish_BinaryData_ComesBackExactly(StoreDriver d)
    {
        var data = new byte[300_000];
        for (var i = 0; i < data.Length; i++) data[i] = (byte)(i ^ (i >> 8));
        return ExpectBackAsync(d, StoreDriver.Event("e") with { Data = data, ContentType = "application/octet-stream" });
    }

    private static async Task Publish_Delivery_ComesBackExactly(StoreDriver d)
    {
        var published = new WebhookDelivery
        {
            Id = new Guid("00112233-4455-6677-8899-aabbccddeeff"),
            EventId = "e",
            EventType = "list.subscriber_created",
            TenantId = Odd,
            SubscriptionId = "sub_A-9",
            CreatedAt = d.Now.AddTicks(1),
            DueAt = d.Now.AddTicks(9_999_999),
            ExpiresAt = d.Now.AddDays(3).AddTicks(7),
        };
        await d.PublishAsync(d.Write(StoreDriver.Event("e", Odd) with { Type = published.EventType }, published));

        Expect.Same(published, await d.Store.GetDeliveryAsync(published.Id, default));
        Expect.Same(published, (await d.Store.ReadAsync([new LaneRead("sub_A-9", 1, false)], default))[0][0].Delivery);
        Expect.Same(published, (await d.Store.ReadAsync([new LaneRead("sub_A-9", 1, true)], default))[0][0].Delivery);
        Expect.AllSame([published], await d.ListAllAsync(new DeliveryQuery { TenantId = Odd }));
        Expect.Sequence([new LaneDue("sub_A-9", published.DueAt)], await d.Store.ListDueLanesAsync(d.AllPartitions, published.DueAt, default));
    }

    private static async Task Publish_OddTenantAndIds_AreFoundByThem(StoreDriver d)
    {
        const string id = "a'b\"c%_\\d~!";
        await d.PublishAsync(id, "x", tenant: Odd);
        await d.PublishAsync("aXb\"c%_\\d~!", "x", tenant: Odd);
        await d.PublishAsync(id, "x", tenant: Odd + "2");

        Expect.Equal(id, await d.ListAsync(new DeliveryQuery { TenantId = Odd, EventId = id }));
        Expect.Equal(2, (await d.ListAllAsync(new DeliveryQuery { TenantId = Odd })).Count);
        Expect.Equal(2, (await d.ListAllAsync(new DeliveryQuery { AllTenants = true, EventId = id })).Count);
        Expect.Equal(id, await d.MissedAsync("y", Odd + "2"));
        Expect.Equal(EventWriteStatus.Duplicate, (await d.PublishAsync(d.Write(id, Odd, "x")))[0].Status);
    }

    private static async Task Publish_LongestTexts_ComeBackExactly(StoreDriver d)
    {
        var longest = string.Concat(Enumerable.Repeat("\U0010FFFF", 128));
        var published = StoreDriver.Event(new string('~', 128), longest, new string('\uFFFD', 256)) with
        {
            ContentType = new string('x', 256),
            Attributes = Enumerable.Range(0, 64).ToDictionary(i => $"{i:D3}" + new string('n', 125), i => new string('\u20AC', 4096)),
        };

        await ExpectBackAsync(d, published);

        // It differs in its last character only.
        var other = published with { TenantId = longest[..^2] + "\U0010FFFE" };
        Expect.Null(await d.Store.GetEventAsync(other.TenantId, other.Id, default));
        Expect.Equal(EventWriteStatus.Stored, (await d.PublishAsync(d.Write(other)))[0].Status);
    }

    /// <summary>Publishes an event, and reads it by every way that there is.</summary>
    private static async Task ExpectBackAsync(StoreDriver d, WebhookEvent published)
    {
        await d.PublishAsync(d.Write(published, d.Delivery(published.Id, "x", tenant: published.TenantId)));

        ExpectSame(published, await d.Store.GetEventAsync(published.TenantId, published.Id, default));
        ExpectSame(published, (await d.Store.ReadAsync([new LaneRead("x", 1, false)], default))[0][0].Event);
        ExpectSame(published, (await d.Store.ReadAsync([new LaneRead("x", 1, true)], default))[0][0].Event);
        ExpectSame(published, (await d.Store.ListMissedEventsAsync(published.TenantId, "y", default, null, 1, default)).Items[0]);
    }

    private static void ExpectSame(WebhookEvent expected, WebhookEvent? actual)
    {
        Expect.Same(expected, actual);
        Expect.Equal(expected.OccurredAt.Offset, actual.OccurredAt.Offset);
    }
}
