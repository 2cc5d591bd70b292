-- Times are UTC ticks (100 ns since 0001-01-01); tenant_id is '' for the null tenant; status and outcome are the numbers of the enums.

CREATE TABLE webhook_info (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    schema_version INTEGER NOT NULL,
    partition_count INTEGER NOT NULL,
    change_number INTEGER NOT NULL, -- of the latest change of any subscription
    forgotten_up_to INTEGER NOT NULL -- what was deleted up to this change number is no longer known
);

CREATE TABLE webhook_subscription (
    id TEXT PRIMARY KEY,
    tenant_id TEXT NOT NULL,
    version INTEGER NOT NULL UNIQUE, -- the change number of its last change
    name TEXT,
    url TEXT NOT NULL,
    event_types TEXT NOT NULL, -- JSON array
    filter TEXT, -- JSON
    profile TEXT NOT NULL,
    settings TEXT NOT NULL, -- JSON object
    secrets TEXT NOT NULL, -- JSON array of objects
    headers TEXT NOT NULL, -- JSON object
    http_client TEXT,
    batch_events INTEGER, -- null: not batched
    batch_bytes INTEGER,
    batch_delay INTEGER, -- ticks
    delivery_order INTEGER NOT NULL,
    max_concurrency INTEGER,
    rate_requests INTEGER,
    rate_per INTEGER, -- ticks
    status INTEGER NOT NULL,
    status_reason TEXT,
    status_changed_at INTEGER,
    failing_since INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX webhook_subscription_list ON webhook_subscription (tenant_id, id);
CREATE INDEX webhook_subscription_change ON webhook_subscription (tenant_id, version);

CREATE TABLE webhook_subscription_deleted (
    version INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL
);

CREATE INDEX webhook_subscription_deleted_change ON webhook_subscription_deleted (tenant_id, version);

CREATE TABLE webhook_event (
    seq INTEGER PRIMARY KEY, -- the order in which events were stored
    id TEXT NOT NULL,
    tenant_id TEXT NOT NULL,
    type TEXT NOT NULL,
    occurred_at INTEGER NOT NULL,
    occurred_offset INTEGER NOT NULL, -- minutes from UTC, as the publisher gave it
    published_at INTEGER NOT NULL,
    is_addressed INTEGER NOT NULL,
    first_deliveries INTEGER NOT NULL, -- how many it was published with
    kept_deliveries INTEGER NOT NULL, -- how many there are now
    content_type TEXT NOT NULL,
    ordering_key TEXT,
    attributes TEXT, -- JSON object
    trace_parent TEXT,
    data BLOB NOT NULL
);

CREATE UNIQUE INDEX webhook_event_id ON webhook_event (id, tenant_id);
CREATE INDEX webhook_event_idle ON webhook_event (published_at) WHERE kept_deliveries = 0;

CREATE TABLE webhook_delivery (
    event_seq INTEGER NOT NULL REFERENCES webhook_event (seq),
    subscription_id TEXT NOT NULL, -- may be gone: what happened stays
    id BLOB NOT NULL, -- 16 bytes, big endian
    status INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    completed_at INTEGER,
    attempt_count INTEGER NOT NULL,
    schedule_base INTEGER NOT NULL,
    batch_id TEXT,
    last_outcome INTEGER,
    last_status_code INTEGER,
    -- The last attempt stands here, since most deliveries have but one: its number is attempt_count. Null before the first.
    attempt_started_at INTEGER,
    attempt_duration INTEGER, -- ticks
    attempt_message_id TEXT, -- null: that of the event
    attempt_batch_size INTEGER,
    attempt_outcome INTEGER,
    attempt_status_code INTEGER,
    attempt_response_body TEXT,
    attempt_error TEXT,
    attempt_text_seq INTEGER, -- where the texts of a batch stand instead
    PRIMARY KEY (event_seq, subscription_id)
) WITHOUT ROWID;

CREATE UNIQUE INDEX webhook_delivery_id ON webhook_delivery (id);
CREATE INDEX webhook_delivery_due ON webhook_delivery (subscription_id, due_at) WHERE status = 0;
CREATE INDEX webhook_delivery_list ON webhook_delivery (subscription_id, status) WHERE status <> 0;
CREATE INDEX webhook_delivery_finished ON webhook_delivery (status, completed_at) WHERE status <> 0;

-- Deliveries that were removed while their event is kept, so that the event does not count as missed.
CREATE TABLE webhook_delivery_removed (
    event_seq INTEGER NOT NULL REFERENCES webhook_event (seq) ON DELETE CASCADE,
    subscription_id TEXT NOT NULL,
    PRIMARY KEY (event_seq, subscription_id)
) WITHOUT ROWID;

-- All attempts of a delivery but the last.
CREATE TABLE webhook_attempt (
    seq INTEGER PRIMARY KEY,
    event_seq INTEGER NOT NULL,
    subscription_id TEXT NOT NULL,
    number INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    duration INTEGER NOT NULL,
    message_id TEXT,
    batch_size INTEGER NOT NULL,
    outcome INTEGER NOT NULL,
    status_code INTEGER,
    response_body TEXT,
    error TEXT,
    text_seq INTEGER,
    FOREIGN KEY (event_seq, subscription_id) REFERENCES webhook_delivery (event_seq, subscription_id) ON DELETE CASCADE
);

CREATE INDEX webhook_attempt_delivery ON webhook_attempt (event_seq, subscription_id);

CREATE INDEX webhook_attempt_text ON webhook_attempt (text_seq) WHERE text_seq IS NOT NULL;
CREATE INDEX webhook_delivery_text ON webhook_delivery (attempt_text_seq) WHERE attempt_text_seq IS NOT NULL;

-- What was answered to a batch, once for all its deliveries. Kept until no attempt refers to it.
CREATE TABLE webhook_batch_text (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again: an attempt must not find another one's text
    started_at INTEGER NOT NULL,
    response_body TEXT,
    error TEXT
);

-- Leases run on the machine's monotonic clock, in milliseconds: a lease that reaches further than its own length is of an earlier boot.
CREATE TABLE webhook_node (
    id TEXT PRIMARY KEY,
    until INTEGER NOT NULL,
    lease INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE webhook_partition (
    partition INTEGER PRIMARY KEY,
    owner TEXT,
    fence INTEGER NOT NULL,
    until INTEGER NOT NULL,
    lease INTEGER NOT NULL
);
