-- What the delivery engine goes by beside the cursor: health, pace, the day's count, and pushes of several calls.

ALTER TABLE channels ADD COLUMN host TEXT;                       -- what it calls; NULL for the demo inbox, or until its next push
ALTER TABLE channels ADD COLUMN credential TEXT;                 -- keyed hash of what the platform counts by, where channels can share it
-- These change in the UPDATE that moves the cursor and cost no row of their own.
ALTER TABLE channels ADD COLUMN failing_since INTEGER;           -- its first failure after a success; NULL while all is well
ALTER TABLE channels ADD COLUMN warned_at INTEGER;               -- when the office was warned that it fails
ALTER TABLE channels ADD COLUMN day TEXT;                        -- local date of `day_posts`
ALTER TABLE channels ADD COLUMN day_posts INTEGER NOT NULL DEFAULT 0;  -- new posts it got on `day`; kept under a daily maximum only

-- How many active channels share a credential, so that a run knows each one's share of its rate without counting them.
CREATE TABLE credentials (
  hash TEXT PRIMARY KEY,
  channels INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Kept by the database itself, so that no code path can change a channel and forget the count.
CREATE TRIGGER credential_added AFTER INSERT ON channels WHEN NEW.credential IS NOT NULL
BEGIN
  INSERT INTO credentials (hash, channels) VALUES (NEW.credential, NEW.status = 'active')
  ON CONFLICT (hash) DO UPDATE SET channels = channels + excluded.channels;
END;
CREATE TRIGGER credential_changed AFTER UPDATE OF credential, status ON channels
WHEN OLD.credential IS NOT NEW.credential OR (NEW.credential IS NOT NULL AND (OLD.status = 'active') <> (NEW.status = 'active'))
BEGIN
  UPDATE credentials SET channels = channels - (OLD.status = 'active') WHERE hash = OLD.credential;
  INSERT INTO credentials (hash, channels) SELECT NEW.credential, NEW.status = 'active' WHERE NEW.credential IS NOT NULL
  ON CONFLICT (hash) DO UPDATE SET channels = channels + excluded.channels;
END;
CREATE TRIGGER credential_removed AFTER DELETE ON channels WHEN OLD.credential IS NOT NULL
BEGIN
  UPDATE credentials SET channels = channels - (OLD.status = 'active') WHERE hash = OLD.credential;
END;

-- Hosts that are left alone because they do not answer. One in good health has no row.
CREATE TABLE hosts (
  host TEXT PRIMARY KEY,
  trips INTEGER NOT NULL,                           -- how often it opened since it last answered
  until INTEGER NOT NULL                            -- business time; nothing is sent until then, afterwards one probe
) STRICT, WITHOUT ROWID;

-- A push of several calls: where it stands, written before each of them.
ALTER TABLE deliveries ADD COLUMN state TEXT;                    -- JSON, sealed if its kind says so; NULL for pushes of one call

-- As before, and: a call in the middle of a push is an attempt too ('pending', and it took some time).
DROP TRIGGER attempts_kept;
CREATE TRIGGER attempts_kept AFTER UPDATE OF n, outcome ON deliveries
WHEN (OLD.outcome <> 'pending' OR OLD.ms IS NOT NULL) AND (NEW.n > OLD.n OR (NEW.outcome = 'expired' AND OLD.outcome <> 'sending'))
BEGIN
  INSERT INTO attempts (channel_id, from_seq, n, at, ms, outcome, status, excerpt)
  VALUES (OLD.channel_id, OLD.from_seq, OLD.n, OLD.at, OLD.ms, CASE OLD.outcome WHEN 'sending' THEN 'unknown' ELSE OLD.outcome END, OLD.status,
          CASE OLD.outcome WHEN 'sending' THEN 'interrupted before an answer was recorded' ELSE OLD.excerpt END)
  ON CONFLICT DO NOTHING;
END;
