-- What a person asks of a channel beside its own deliveries: the old keys of a secret that was changed, replays and tests.

-- JSON list of {secret (sealed), until (wall clock)}: they sign beside the new one, so that a receiver can change over.
ALTER TABLE channels ADD COLUMN old_secrets TEXT NOT NULL DEFAULT '[]';

-- Deliveries in a lane of their own: they move no cursor, and a channel's are sent one after the other, by id.
CREATE TABLE resends (
  id INTEGER PRIMARY KEY,
  channel_id INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  "trigger" TEXT NOT NULL CHECK ("trigger" IN ('replay', 'test')),
  push_id TEXT NOT NULL,                            -- the id that the request bears: that of the delivery it repeats
  entries TEXT NOT NULL,                            -- JSON list of seqs; empty for a test
  outcome TEXT NOT NULL CHECK (outcome IN ('sending', 'pending', 'accepted', 'retry', 'rejected', 'gone', 'expired', 'unknown')),
  n INTEGER NOT NULL,                               -- attempts begun
  at INTEGER NOT NULL,                              -- business time of the latest attempt, or of the request
  ms INTEGER,
  status INTEGER,
  excerpt TEXT,                                     -- redacted
  attempts TEXT NOT NULL DEFAULT '[]',              -- JSON: those before the latest
  next_at INTEGER,                                  -- business time of the next try; NULL when it has ended
  lease_token TEXT,
  lease_until INTEGER NOT NULL DEFAULT 0,           -- wall clock
  enqueued_until INTEGER NOT NULL DEFAULT 0,        -- wall clock; until then a queue message is expected to arrive
  asked_by TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;
-- The tick asks whether any is due.
CREATE INDEX resends_due ON resends (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX resends_channel ON resends (channel_id, id);
