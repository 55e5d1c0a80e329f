-- What the WeChat platform calls the office with, and what it answers by.

-- An office has few accounts among many readers' channels.
CREATE INDEX channels_wechat ON channels (kind) WHERE kind = 'wechat';

-- What an account answers, and its menu; an account without a row answers by the defaults.
CREATE TABLE wechat_settings (
  channel_id INTEGER PRIMARY KEY REFERENCES channels (id) ON DELETE CASCADE,
  settings TEXT NOT NULL,                           -- JSON
  pushed_at INTEGER,                                -- when the platform took this menu; NULL while it has another
  push_error TEXT,                                  -- why it did not, in words for people
  rev INTEGER NOT NULL,
  stamp TEXT,                                       -- token of the batch that wrote it (guarded batches)
  updated_at INTEGER NOT NULL
) STRICT;

-- What was received lately: the platform sends again what was answered late, and anyone who overheard a message could.
CREATE TABLE wechat_seen (
  channel_id INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  key TEXT NOT NULL,                                -- keyed hash of what tells messages apart; no openid is kept
  stamp TEXT NOT NULL,                              -- token of the batch that saw it first (guarded batches)
  expires_at INTEGER NOT NULL,                      -- wall clock; its signature is stale long before
  PRIMARY KEY (channel_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX wechat_seen_expiry ON wechat_seen (expires_at);

-- How many people came and went, without who.
CREATE TABLE wechat_days (
  channel_id INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  date TEXT NOT NULL,                               -- local to the account's zone
  subscribed INTEGER NOT NULL,
  unsubscribed INTEGER NOT NULL,
  PRIMARY KEY (channel_id, date)
) STRICT, WITHOUT ROWID;

-- What the platform said became of a publication or a mass send, the first time it said so.
CREATE TABLE wechat_finishes (
  channel_id INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  job TEXT NOT NULL,                                -- 'publish:<publish_id>' or 'mass:<MsgID>'
  body TEXT NOT NULL,                               -- JSON
  at INTEGER NOT NULL,                              -- wall clock
  PRIMARY KEY (channel_id, job)
) STRICT, WITHOUT ROWID;
