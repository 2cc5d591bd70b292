-- What became of deliveries: a row for each span of time in which anything did, of each subscription and of each tenant in total.
CREATE TABLE ~.webhook_statistics (
    tenant_id text COLLATE "C" NOT NULL,
    span integer NOT NULL, -- seconds
    subscription_id text COLLATE "C" NOT NULL, -- '': the total of the tenant
    at bigint NOT NULL,
    delivered bigint NOT NULL,
    failed_attempts bigint NOT NULL,
    gave_up bigint NOT NULL,
    last_attempt_at bigint,
    max_latency bigint NOT NULL, -- ticks
    latencies bigint[] NOT NULL, -- the counter of each class; empty when there were no requests
    PRIMARY KEY (tenant_id, span, subscription_id, at)
) WITH (fillfactor = 80);

CREATE INDEX webhook_statistics_at ON ~.webhook_statistics (at);

-- What failed is looked for among much that went well. Few deliveries ever stand in it: it costs those that succeed nothing.
CREATE INDEX webhook_delivery_failed ON ~.webhook_delivery (status, event_seq, subscription_id) WHERE status > 1;
