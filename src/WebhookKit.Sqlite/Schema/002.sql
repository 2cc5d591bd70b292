-- What became of deliveries: a row for each span of time in which anything did, of each subscription and of each tenant in total.
CREATE TABLE webhook_statistics (
    tenant_id TEXT NOT NULL, -- '': the null tenant
    span INTEGER NOT NULL, -- seconds
    subscription_id TEXT NOT NULL, -- '': the total of the tenant
    at INTEGER NOT NULL, -- ticks
    delivered INTEGER NOT NULL,
    failed_attempts INTEGER NOT NULL,
    gave_up INTEGER NOT NULL,
    last_attempt_at INTEGER, -- ticks
    max_latency INTEGER NOT NULL, -- ticks
    latencies BLOB NOT NULL, -- the counter of each class, 7 bits a byte, lowest first, the last byte of each without its highest bit; zeros at the end are left out
    PRIMARY KEY (tenant_id, span, subscription_id, at)
) WITHOUT ROWID;

CREATE INDEX webhook_statistics_at ON webhook_statistics (at);

-- What failed is looked for among much that went well. Few deliveries ever stand in it: it costs those that succeed nothing.
CREATE INDEX webhook_delivery_failed ON webhook_delivery (status, event_seq, subscription_id) WHERE status > 1;
