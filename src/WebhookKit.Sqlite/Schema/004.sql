-- What failed is recovered by when it was published, however much has failed before. Few deliveries ever stand in it.
CREATE INDEX webhook_delivery_recover ON webhook_delivery (subscription_id, status, created_at) WHERE status > 1;

-- The old texts of batches are looked for each time that old rows are removed.
CREATE INDEX webhook_batch_text_started ON webhook_batch_text (started_at);
