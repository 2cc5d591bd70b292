-- Times are UTC ticks (100 ns since 0001-01-01), but for leases; tenant_id is '' for the null tenant; status and outcome are the numbers of the
-- enums. The partition of a lane is part of the keys of all that belongs to it, and that of a tenant of all its events, so that the tables can be
-- distributed by it.

CREATE SEQUENCE ~.webhook_event_seq; -- the order in which events are stored

CREATE TABLE ~.webhook_info (
    id smallint PRIMARY KEY CHECK (id = 1),
    store_id uuid NOT NULL, -- tells this store from every other
    schema_version integer NOT NULL,
    partition_count integer NOT NULL,
    change_number bigint NOT NULL, -- of the latest change of any subscription
    forgotten_up_to bigint NOT NULL -- what was deleted up to this change number is no longer known
);

CREATE TABLE ~.webhook_subscription (
    id text COLLATE "C" PRIMARY KEY,
    tenant_id text COLLATE "C" NOT NULL,
    version bigint NOT NULL, -- the change number of its last change
    name text,
    url text NOT NULL,
    event_types text NOT NULL, -- JSON array
    filter text, -- JSON
    profile text NOT NULL,
    settings text NOT NULL, -- JSON object
    secrets text NOT NULL, -- JSON array of objects
    headers text NOT NULL, -- JSON object
    http_client text,
    batch_events integer, -- null: not batched
    batch_bytes integer,
    batch_delay bigint, -- ticks
    delivery_order smallint NOT NULL,
    max_concurrency integer,
    rate_requests integer,
    rate_per bigint, -- ticks
    status smallint NOT NULL,
    status_reason text,
    status_changed_at bigint,
    failing_since bigint,
    created_at bigint NOT NULL,
    updated_at bigint NOT NULL
);

-- Not unique, though no two have the same: a change of a column of a unique index would wait for everybody who publishes to the subscription.
CREATE INDEX webhook_subscription_version ON ~.webhook_subscription (version);
CREATE INDEX webhook_subscription_list ON ~.webhook_subscription (tenant_id, id);
CREATE INDEX webhook_subscription_failing ON ~.webhook_subscription (id) WHERE failing_since IS NOT NULL;
CREATE INDEX webhook_subscription_change ON ~.webhook_subscription (tenant_id, version);

CREATE TABLE ~.webhook_subscription_deleted (
    version bigint PRIMARY KEY,
    id text COLLATE "C" NOT NULL,
    tenant_id text COLLATE "C" NOT NULL
);

CREATE INDEX webhook_subscription_deleted_change ON ~.webhook_subscription_deleted (tenant_id, version);

CREATE TABLE ~.webhook_event (
    partition smallint NOT NULL, -- of the tenant
    seq bigint NOT NULL,
    id text COLLATE "C" NOT NULL,
    tenant_id text COLLATE "C" NOT NULL,
    type text NOT NULL,
    occurred_at bigint NOT NULL,
    occurred_offset smallint NOT NULL, -- minutes from UTC, as the publisher gave it
    published_at bigint NOT NULL,
    is_addressed boolean NOT NULL,
    first_deliveries integer NOT NULL, -- how many it was published with
    kept_deliveries integer NOT NULL, -- how many there are now
    content_type text NOT NULL,
    ordering_key text,
    attributes text, -- JSON object
    trace_parent text,
    data bytea NOT NULL,
    PRIMARY KEY (partition, seq)
);

CREATE UNIQUE INDEX webhook_event_id ON ~.webhook_event (id, tenant_id, partition);
CREATE INDEX webhook_event_idle ON ~.webhook_event (published_at) WHERE kept_deliveries = 0;

CREATE TABLE ~.webhook_delivery (
    partition smallint NOT NULL,
    id uuid NOT NULL,
    event_partition smallint NOT NULL,
    event_seq bigint NOT NULL,
    subscription_id text COLLATE "C" NOT NULL, -- may be gone: what happened stays
    status smallint NOT NULL,
    due_at bigint NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint,
    completed_at bigint,
    attempt_count integer NOT NULL,
    schedule_base integer NOT NULL,
    batch_id text,
    last_outcome smallint,
    last_status_code integer,
    -- The last attempt stands here, since most deliveries have but one: its number is attempt_count. Null before the first.
    attempt_started_at bigint,
    attempt_duration bigint, -- ticks
    attempt_message_id text, -- null: that of the event
    attempt_batch_size integer,
    attempt_outcome smallint,
    attempt_status_code integer,
    attempt_response_body text,
    attempt_error text,
    attempt_text_id uuid, -- where the texts of a batch stand instead
    PRIMARY KEY (partition, id)
);

-- The order of the columns makes it serve lists, newest event first.
CREATE UNIQUE INDEX webhook_delivery_event ON ~.webhook_delivery (event_seq, subscription_id, partition);
CREATE INDEX webhook_delivery_due ON ~.webhook_delivery (partition, subscription_id, due_at, event_seq) WHERE status = 0;
CREATE INDEX webhook_delivery_list ON ~.webhook_delivery (partition, subscription_id, status, event_seq) WHERE status <> 0;
CREATE INDEX webhook_delivery_finished ON ~.webhook_delivery (status, completed_at) WHERE status <> 0;
CREATE INDEX webhook_delivery_text ON ~.webhook_delivery (attempt_text_id) WHERE attempt_text_id IS NOT NULL;

-- Deliveries that were removed while their event is kept, so that the event does not count as missed.
CREATE TABLE ~.webhook_delivery_removed (
    event_seq bigint NOT NULL,
    subscription_id text COLLATE "C" NOT NULL,
    partition smallint NOT NULL,
    PRIMARY KEY (event_seq, subscription_id, partition)
);

-- All attempts of a delivery but the last.
CREATE TABLE ~.webhook_attempt (
    partition smallint NOT NULL,
    delivery_id uuid NOT NULL,
    number integer NOT NULL,
    started_at bigint NOT NULL,
    duration bigint NOT NULL,
    message_id text,
    batch_size integer NOT NULL,
    outcome smallint NOT NULL,
    status_code integer,
    response_body text,
    error text,
    text_id uuid,
    PRIMARY KEY (partition, delivery_id, number)
);

CREATE INDEX webhook_attempt_started ON ~.webhook_attempt (started_at);
CREATE INDEX webhook_attempt_text ON ~.webhook_attempt (text_id) WHERE text_id IS NOT NULL;

-- What was answered to a batch, once for all its deliveries. Kept until no attempt refers to it.
CREATE TABLE ~.webhook_batch_text (
    id uuid PRIMARY KEY,
    started_at bigint NOT NULL,
    response_body text,
    error text
);

CREATE INDEX webhook_batch_text_started ON ~.webhook_batch_text (started_at);

-- Leases run on the clock of this database. Small tables whose rows change all the time: they need room on their pages, and vacuum often.
CREATE TABLE ~.webhook_node (
    id text COLLATE "C" PRIMARY KEY,
    until timestamptz NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);

CREATE TABLE ~.webhook_partition (
    partition smallint PRIMARY KEY,
    owner text COLLATE "C",
    fence bigint NOT NULL,
    until timestamptz NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);
