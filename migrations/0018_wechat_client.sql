-- What the client of the Official Accounts' API remembers: access tokens, and pictures that the platform has. Times are
-- of the wall clock.

-- The account's present token. A channel whose AppID is changed starts anew, with a row of its own.
CREATE TABLE wechat_tokens (
  channel_id INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  app_id TEXT NOT NULL,
  sealed TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  origin TEXT NOT NULL CHECK (origin IN ('given', 'fetched')),  -- handed in from outside, or fetched with the AppSecret
  -- Forced refreshes, which the platform counts: the platform's day of the last one, how many on it, and when.
  forced_on TEXT NOT NULL DEFAULT '',
  forced INTEGER NOT NULL DEFAULT 0,
  forced_at INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (channel_id, app_id)
) STRICT, WITHOUT ROWID;

-- Pictures that were uploaded, so that each is uploaded once: by account, use and content.
CREATE TABLE wechat_uploads (
  app_id TEXT NOT NULL,
  use TEXT NOT NULL CHECK (use IN ('body', 'cover')),
  hash TEXT NOT NULL,                               -- SHA-256 of the bytes that were sent
  url TEXT NOT NULL,                                -- on the platform's own host
  media_id TEXT,                                    -- of a cover, which is permanent material
  at INTEGER NOT NULL,
  PRIMARY KEY (app_id, use, hash)
) STRICT, WITHOUT ROWID;
