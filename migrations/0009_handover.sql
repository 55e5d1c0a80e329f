-- The hand-over: no public API posts to 视频号 or 抖音号, so a released video makes one task per outlet, which a person ticks off
-- with the link that came of it.

-- JSON list of the outlets that a video publication is handed over to; always [] for an article publication.
ALTER TABLE publications ADD COLUMN outlets TEXT NOT NULL DEFAULT '[]';
UPDATE publications SET outlets = '["channels","douyin"]' WHERE medium = 'video';

CREATE TABLE handovers (
  id INTEGER PRIMARY KEY,
  -- '<post uid>-<outlet>-<seq of the wire entry that made it>': the same task again is the same key, which makes twice harmless.
  uid TEXT NOT NULL UNIQUE,
  post_id INTEGER NOT NULL REFERENCES posts (id),
  publication_id INTEGER NOT NULL REFERENCES publications (id),
  outlet TEXT NOT NULL CHECK (outlet IN ('channels', 'douyin')),
  -- What the person has to do: put the video up, bring what is up to the corrected text, take down what is up.
  kind TEXT NOT NULL CHECK (kind IN ('publish', 'update', 'takedown')),
  state TEXT NOT NULL CHECK (state IN ('open', 'done', 'cancelled')),
  link TEXT,                                        -- where the video is, or was when the task was made; stays when a task is reopened
  due_at INTEGER NOT NULL,                          -- business time
  done_by TEXT,
  done_at INTEGER,
  note TEXT NOT NULL DEFAULT '',                    -- why the task is there, or what was said when it was ticked off; for the office only
  stamp TEXT,                                       -- token of the batch that last changed the row (guarded batches)
  created_at INTEGER NOT NULL
) STRICT;
-- What happened to a post, and what a correction or recall has to change.
CREATE INDEX handovers_post ON handovers (post_id, outlet);
-- The open ones are few however long the record: health counts them, the list shows them.
CREATE INDEX handovers_state ON handovers (state);
