-- The number of an event is that of the statement that stored it, times 512, and its place there: so what was stored together is found together.

-- Deliveries of one subscription that were published together, as one row: most succeed at once, and need no row of their own. One to which
-- anything else happens moves to webhook_delivery and is no longer in it.
CREATE TABLE ~.webhook_run (
    partition smallint NOT NULL,
    subscription_id text COLLATE "C" NOT NULL,
    event_group bigint NOT NULL, -- the number of their events, without the place
    event_partition smallint NOT NULL,
    first_id uuid NOT NULL, -- the lowest and the highest id of a delivery
    last_id uuid NOT NULL,
    due_at bigint NOT NULL, -- of the earliest
    places bit(512) NOT NULL, -- of the events that it has, or has had, a delivery of
    pending_places bit(512) NOT NULL, -- of those that are pending here
    pending smallint NOT NULL, -- how many these are
    completed_at bigint, -- the last one that succeeded here
    members bytea NOT NULL, -- each delivery: place, id, time; never changed
    outcomes bytea NOT NULL, -- what became of those that succeeded here, one after the other
    PRIMARY KEY (partition, subscription_id, event_group)
);

-- Neither is ever compressed: they are short-lived, or hardly compressible.
ALTER TABLE ~.webhook_run ALTER members SET STORAGE EXTERNAL, ALTER outcomes SET STORAGE EXTERNAL;

CREATE INDEX webhook_run_due ON ~.webhook_run (partition, subscription_id, due_at, event_group) WHERE pending > 0;
CREATE INDEX webhook_run_event ON ~.webhook_run (event_partition, event_group);
CREATE UNIQUE INDEX webhook_run_id ON ~.webhook_run (first_id, partition);
CREATE INDEX webhook_run_finished ON ~.webhook_run (completed_at) WHERE pending = 0;
