-- A day's edition of one publication: its quota, its slots, its picks.

CREATE TABLE editions (
  id INTEGER PRIMARY KEY,
  publication_id INTEGER NOT NULL REFERENCES publications (id),
  date TEXT NOT NULL,
  quota INTEGER NOT NULL,
  shortfall INTEGER NOT NULL,
  provisional INTEGER NOT NULL CHECK (provisional IN (0, 1)), -- the working day follows from the rule, not from an announced calendar
  plan_rev INTEGER NOT NULL,                        -- raised by every change of the picks: the optimistic lock of planning
  stamp TEXT,
  planned_at INTEGER NOT NULL,
  closed_at INTEGER,                                -- set when a later edition took its unreleased picks back
  UNIQUE (publication_id, date)
) STRICT;
-- The few that are not over: an approval wakes the planner only if one of them is short, and a new day takes back their picks.
CREATE INDEX editions_open ON editions (publication_id, date) WHERE closed_at IS NULL;

CREATE TABLE slots (
  edition_id INTEGER NOT NULL REFERENCES editions (id),
  n INTEGER NOT NULL,                               -- from 1, in the day's order
  at INTEGER NOT NULL,
  released_at INTEGER,
  late INTEGER NOT NULL DEFAULT 0 CHECK (late IN (0, 1)),
  stamp TEXT,                                       -- token of the release batch
  PRIMARY KEY (edition_id, n)
) STRICT, WITHOUT ROWID;

CREATE TABLE picks (
  id INTEGER PRIMARY KEY,
  edition_id INTEGER NOT NULL REFERENCES editions (id),
  position INTEGER NOT NULL,
  slot INTEGER NOT NULL,
  article_id INTEGER NOT NULL REFERENCES articles (id),
  hash TEXT NOT NULL,                               -- the revision that was chosen: checked again at the release
  rung TEXT NOT NULL CHECK (rung IN ('must_run', 'pinned', 'expiring', 'column_minimum', 'normal', 'unit_relaxed', 'column_relaxed',
                                     'reserve')),
  reason TEXT NOT NULL,
  seq INTEGER,                                      -- the wire entry it became
  UNIQUE (edition_id, position)
) STRICT;
-- An article waits in one edition at a time, and this is how an edit finds the pick to undo.
CREATE UNIQUE INDEX picks_waiting ON picks (article_id) WHERE seq IS NULL;
