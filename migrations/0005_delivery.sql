-- Subscribers and what they were sent.

-- Fifty channels that are claimed together. The tick reads only this table to know what is due.
CREATE TABLE shards (
  id INTEGER PRIMARY KEY,
  members INTEGER NOT NULL,
  due_at INTEGER,                                   -- business time; NULL when every member has caught up
  enqueued_until INTEGER NOT NULL DEFAULT 0,        -- wall clock; until then a queue message is expected to arrive
  ticket TEXT NOT NULL DEFAULT ''                   -- names the one message that may send its successor
) STRICT;
CREATE INDEX shards_due ON shards (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE channels (
  id INTEGER PRIMARY KEY AUTOINCREMENT,             -- never used twice, as that of articles
  uid TEXT NOT NULL UNIQUE,
  shard INTEGER NOT NULL REFERENCES shards (id),
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('active', 'paused', 'held', 'gone')),
  config TEXT NOT NULL,                             -- JSON; members that the kind marks as secret are sealed
  secret TEXT,                                      -- sealed signing key, for kinds that sign
  filter TEXT NOT NULL,                             -- JSON
  expires_after INTEGER NOT NULL,                   -- ms; an entry older than this is stale for the channel
  start_seq INTEGER NOT NULL,                       -- the head of the wire when it joined
  cursor INTEGER NOT NULL,                          -- every entry up to here is settled
  -- The state of the delivery that is next. No index holds these: they change with every push.
  due_at INTEGER NOT NULL,                          -- business time of the next try
  tries INTEGER NOT NULL DEFAULT 0,
  lease_token TEXT,
  lease_until INTEGER NOT NULL DEFAULT 0,           -- wall clock
  rev INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX channels_shard ON channels (shard);

-- The ledger: one row a push, keyed by where the channel's cursor stood. Since the cursor moves only with an outcome,
-- the primary key is what makes a second open live delivery impossible. The row tells of its latest attempt.
CREATE TABLE deliveries (
  channel_id INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  from_seq INTEGER NOT NULL,                        -- exclusive
  to_seq INTEGER NOT NULL,                          -- inclusive; frozen when the row is written, before the first send
  entries TEXT NOT NULL,                            -- JSON list of the seqs it carries
  outcome TEXT NOT NULL CHECK (outcome IN ('sending', 'pending', 'accepted', 'retry', 'rejected', 'gone', 'expired', 'unknown')),
  n INTEGER NOT NULL,                               -- attempts begun
  at INTEGER NOT NULL,                              -- business time of the latest attempt
  ms INTEGER,                                       -- how long it took
  status INTEGER,                                   -- HTTP status, if there was an answer
  excerpt TEXT,                                     -- of the answer or the fault, redacted
  next_at INTEGER,
  PRIMARY KEY (channel_id, from_seq)
) STRICT, WITHOUT ROWID;

-- The attempts before a delivery's latest one, which its own row tells of: a push that works at once costs no row here.
CREATE TABLE attempts (
  channel_id INTEGER NOT NULL,
  from_seq INTEGER NOT NULL,
  n INTEGER NOT NULL,
  at INTEGER NOT NULL,
  ms INTEGER,
  outcome TEXT NOT NULL,
  status INTEGER,
  excerpt TEXT,
  PRIMARY KEY (channel_id, from_seq, n),
  FOREIGN KEY (channel_id, from_seq) REFERENCES deliveries (channel_id, from_seq) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
-- Kept by the database itself, so that no code path can overwrite an attempt and forget it. One that never said how it
-- ended is 'unknown': the Worker was killed in between.
CREATE TRIGGER attempts_kept AFTER UPDATE OF n, outcome ON deliveries
WHEN OLD.outcome <> 'pending' AND (NEW.n > OLD.n OR (NEW.outcome = 'expired' AND OLD.outcome <> 'sending'))
BEGIN
  INSERT INTO attempts (channel_id, from_seq, n, at, ms, outcome, status, excerpt)
  VALUES (OLD.channel_id, OLD.from_seq, OLD.n, OLD.at, OLD.ms, CASE OLD.outcome WHEN 'sending' THEN 'unknown' ELSE OLD.outcome END,
          OLD.status, CASE OLD.outcome WHEN 'sending' THEN 'interrupted before an answer was recorded' ELSE OLD.excerpt END)
  ON CONFLICT DO NOTHING;
END;

-- What the demo inbox received. A push that came twice is one row with a count.
CREATE TABLE inbox (
  delivery TEXT PRIMARY KEY,
  channel TEXT NOT NULL,
  received_at INTEGER NOT NULL,
  times INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT, WITHOUT ROWID;
