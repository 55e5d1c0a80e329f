-- The office's word lists, and what a person has accepted in a text although the linter told of it.

CREATE TABLE terms (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  text TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('forbidden', 'preferred')),  -- must not appear; must be written otherwise
  write_as TEXT,                                    -- the right form; always there for 'preferred'
  severity TEXT NOT NULL CHECK (severity IN ('error', 'warning')), -- a forbidden 'error' keeps an article from going on
  note TEXT NOT NULL,                               -- for editors: why
  rev INTEGER NOT NULL,
  stamp TEXT NOT NULL,                              -- token of the batch that last changed the row (guarded batches)
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  CHECK (kind = 'forbidden' OR write_as IS NOT NULL)
) STRICT;

-- JSON list of the keys of findings ('id-card', 'forbidden-term:<text>') that a person accepted in exactly this text.
ALTER TABLE revisions ADD COLUMN acknowledged TEXT NOT NULL DEFAULT '[]';
