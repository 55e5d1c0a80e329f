-- Readers who subscribe themselves, on the site: browsers (Web Push) and mailboxes.

-- Whose a channel is: made by the office, or by whoever reads it: on the site, or through the hub. Readers' are many, come
-- and go by themselves, and are no concern of a person one by one.
ALTER TABLE channels ADD COLUMN origin TEXT NOT NULL DEFAULT 'office' CHECK (origin IN ('office', 'reader'));
-- The office's own list, without walking through the readers'.
CREATE INDEX channels_office ON channels (id) WHERE origin = 'office';
-- Readers whose endpoint is gone, for the clean-up.
CREATE INDEX channels_departed ON channels (id) WHERE origin = 'reader' AND status = 'gone';

-- Keys of the office's own, made at first use: they outlast KANFA_SECRET, under which they are sealed.
CREATE TABLE office_keys (
  name TEXT PRIMARY KEY,                            -- 'push' (signs for push services), 'letters' (links in letters)
  sealed TEXT NOT NULL,
  made_at INTEGER NOT NULL                          -- wall clock
) STRICT, WITHOUT ROWID;

-- Mailboxes that were given on the site and have not been confirmed yet. The token that the letter carries is not here:
-- it is the id and a keyed hash of it. Times are of the wall clock.
CREATE TABLE confirmations (
  id TEXT PRIMARY KEY,
  address_hash TEXT NOT NULL UNIQUE,                -- keyed: who reads the table cannot try addresses
  address TEXT,                                     -- sealed; NULL once it was confirmed
  filter TEXT NOT NULL,                             -- JSON, as a channel's
  letters INTEGER NOT NULL,                         -- how many the mailbox was sent: nobody is to be flooded
  tries INTEGER NOT NULL,                           -- of the letter that is to be sent now
  next_at INTEGER,                                  -- when it is tried next; NULL while there is none to send
  asked_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX confirmations_due ON confirmations (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX confirmations_expiry ON confirmations (expires_at);
