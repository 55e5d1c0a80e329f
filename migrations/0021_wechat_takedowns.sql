-- What is taken down at a WeChat account, what a person does there by hand, and the looks at what became of publications.

-- One row a recalled post and account, in a lane beside the channel's cursor, which may wait for the day's push.
CREATE TABLE wechat_takedowns (
  channel_id INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  post_id INTEGER NOT NULL REFERENCES posts (id),
  note TEXT NOT NULL,                               -- why it was recalled
  state TEXT NOT NULL CHECK (state IN ('open', 'done', 'failed')),
  tries INTEGER NOT NULL,                           -- attempts begun
  next_at INTEGER,                                  -- business time of the next try; NULL when it has ended
  why TEXT,                                         -- how the latest attempt ended
  alerted INTEGER NOT NULL DEFAULT 0 CHECK (alerted IN (0, 1)), -- the office was told that it does not get on
  lease_token TEXT,
  lease_until INTEGER NOT NULL DEFAULT 0,           -- wall clock
  enqueued_until INTEGER NOT NULL DEFAULT 0,        -- wall clock; until then a queue message is expected to arrive
  asked_at INTEGER NOT NULL,
  PRIMARY KEY (channel_id, post_id)
) STRICT, WITHOUT ROWID;
-- The tick asks whether any is due.
CREATE INDEX wechat_takedowns_due ON wechat_takedowns (next_at) WHERE next_at IS NOT NULL;

-- Hand-over sheets 交接单: what the API cannot do, one row a task.
CREATE TABLE wechat_sheets (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL,                                -- made of what asks for it: the same task again is the same key
  channel_id INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  -- send: look a draft over and send it; correct: change what is published; takedown: delete what the API does not delete
  kind TEXT NOT NULL CHECK (kind IN ('send', 'correct', 'takedown')),
  state TEXT NOT NULL CHECK (state IN ('open', 'done', 'cancelled')),
  date TEXT,                                        -- local date of the account, of 'send'
  draft TEXT,                                       -- media_id, of 'send'
  bundle TEXT,                                      -- as wechat_articles.bundle, of 'send'
  note TEXT NOT NULL,
  due_at INTEGER NOT NULL,                          -- business time
  done_by TEXT,                                     -- a person, or 'wechat' where the platform told of it
  done_at INTEGER,
  -- Business time at which to look whether its draft is gone, of 'send': the platform told of a message that nobody here sent.
  look_at INTEGER,
  stamp TEXT,                                       -- token of the batch that last changed the row (guarded batches)
  created_at INTEGER NOT NULL,
  UNIQUE (channel_id, uid)
) STRICT;
CREATE INDEX wechat_sheets_channel ON wechat_sheets (channel_id, state, id);
-- The tick asks whether any is due.
CREATE INDEX wechat_sheets_look ON wechat_sheets (look_at) WHERE look_at IS NOT NULL;

-- The posts of a sheet, in their order in the draft.
CREATE TABLE wechat_sheet_posts (
  sheet_id INTEGER NOT NULL REFERENCES wechat_sheets (id) ON DELETE CASCADE,
  idx INTEGER NOT NULL,                             -- from 1
  post_id INTEGER NOT NULL REFERENCES posts (id),
  PRIMARY KEY (sheet_id, idx)
) STRICT, WITHOUT ROWID;
-- What a recall or a correction has to change.
CREATE INDEX wechat_sheet_posts_post ON wechat_sheet_posts (post_id);

-- Looks at what became of a publication afterwards: deletions by hand fire no event.
ALTER TABLE wechat_articles ADD COLUMN looked_at INTEGER; -- business time
-- What a job published.
CREATE INDEX wechat_articles_job ON wechat_articles (channel_id, job) WHERE job IS NOT NULL;
CREATE INDEX wechat_articles_published ON wechat_articles (at) WHERE state = 'published' AND way = 'publish';
