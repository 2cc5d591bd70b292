-- What failed is recovered by when it was published, however much has failed before. Few deliveries ever stand in it.
CREATE INDEX webhook_delivery_recover ON ~.webhook_delivery (partition, subscription_id, status, created_at, event_seq) WHERE status > 1;
