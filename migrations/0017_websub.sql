-- The hub of the office's feeds: subscribers that come by themselves, for a time.

-- When a channel ends (wall clock: its subscriber counts by its own); NULL for one without an end. Changed by a renewal only.
ALTER TABLE channels ADD COLUMN ends_at INTEGER;
CREATE INDEX channels_ends ON channels (ends_at) WHERE ends_at IS NOT NULL;

-- What was asked of the hub and is not confirmed yet by the callback it is about. All times are of the wall clock.
CREATE TABLE hub_requests (
  id TEXT PRIMARY KEY,                              -- made of callback, topic and mode: asked twice is one row
  mode TEXT NOT NULL CHECK (mode IN ('subscribe', 'unsubscribe')),
  channel TEXT NOT NULL,                            -- public id of the channel that it is about, whether there is one or not
  host TEXT NOT NULL,                               -- of the callback
  asked TEXT NOT NULL,                              -- JSON, sealed: a callback may hold its subscriber's token
  tries INTEGER NOT NULL,                           -- how often the callback was asked; a new request does not start them anew
  next_at INTEGER,                                  -- when it is asked next; NULL when it will not be
  token TEXT,                                       -- of the run that asks; NULL again when another request came meanwhile
  enqueued_until INTEGER NOT NULL,                  -- until then a queue message is expected to arrive
  expires_at INTEGER NOT NULL                       -- until then the row counts against its host
) STRICT, WITHOUT ROWID;
CREATE INDEX hub_requests_due ON hub_requests (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX hub_requests_host ON hub_requests (host, expires_at);
CREATE INDEX hub_requests_expiry ON hub_requests (expires_at);
