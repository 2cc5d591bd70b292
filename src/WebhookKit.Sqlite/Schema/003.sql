-- Deliveries that were published together, as one row: most succeed at once, and need no row of their own. One to which anything else happens moves
-- to webhook_delivery, and counts as pending here no more.
CREATE TABLE webhook_run (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, -- never used again: processes remember runs by it
    first_event INTEGER NOT NULL, -- the lowest and the highest number of their events
    last_event INTEGER NOT NULL,
    first_id BLOB NOT NULL, -- the lowest and the highest id of a delivery
    last_id BLOB NOT NULL,
    lanes BLOB NOT NULL, -- the subscriptions
    members BLOB NOT NULL -- each delivery: its event, its subscription, its id, its time; never changed
);

CREATE INDEX webhook_run_event ON webhook_run (last_event);
CREATE INDEX webhook_run_id ON webhook_run (first_id, last_id);

-- What changes of a run: a row that is written whole each time.
CREATE TABLE webhook_run_state (
    seq INTEGER PRIMARY KEY,
    pending INTEGER NOT NULL, -- how many are pending here
    due_at INTEGER NOT NULL, -- when the first was due
    completed_at INTEGER, -- when the last one succeeded here
    places BLOB NOT NULL, -- a bit for each that is pending here
    outcomes BLOB NOT NULL -- what became of those that succeeded here, one after the other
);

CREATE INDEX webhook_run_pending ON webhook_run_state (due_at) WHERE pending > 0;
CREATE INDEX webhook_run_finished ON webhook_run_state (completed_at) WHERE pending = 0;
