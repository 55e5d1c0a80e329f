-- Manuscripts. A row is the article's state; its texts are revisions, named by content hash.

CREATE TABLE articles (
  -- Never used twice: a change is written to (id, rev), and must not reach the draft that came after a deleted one.
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  uid TEXT NOT NULL UNIQUE,
  publication_id INTEGER NOT NULL REFERENCES publications (id),
  column_id INTEGER REFERENCES columns (id),
  unit_id INTEGER REFERENCES units (id),
  author TEXT NOT NULL,                             -- actor who created it: may not review it
  kind TEXT NOT NULL CHECK (kind IN ('original', 'reprint', 'video')),
  status TEXT NOT NULL CHECK (status IN ('draft', 'in_review', 'returned', 'rejected', 'queued', 'planned', 'held', 'expired',
                                         'published', 'recalled', 'withdrawn')),
  hash TEXT NOT NULL,                               -- the current revision
  title TEXT NOT NULL,
  digest TEXT NOT NULL,
  important INTEGER NOT NULL CHECK (important IN (0, 1)),
  priority INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 3),
  evergreen INTEGER NOT NULL CHECK (evergreen IN (0, 1)),
  event_at INTEGER,
  embargo_until INTEGER,
  expires_at INTEGER,
  must_run_on TEXT,
  stage INTEGER NOT NULL DEFAULT 0,                 -- index of the review stage that decides next
  queue_key INTEGER,                                -- sort key, fixed at final approval; lower goes first
  -- Business time at which the state changes by itself: a held article's embargo ends, a queued one expires.
  wake_at INTEGER,
  rev INTEGER NOT NULL,
  stamp TEXT,                                       -- token of the batch that last changed the row (guarded batches)
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
-- The planner's three ways in. Only waiting articles are in them, so a long archive costs nothing.
CREATE INDEX articles_queue ON articles (publication_id, queue_key) WHERE status = 'queued';
CREATE INDEX articles_must_run ON articles (publication_id, must_run_on) WHERE status = 'queued' AND must_run_on IS NOT NULL;
CREATE INDEX articles_expiring ON articles (publication_id, expires_at) WHERE status = 'queued' AND expires_at IS NOT NULL;
-- The tick's bounded step that lifts embargoes and expires the stale.
CREATE INDEX articles_wake ON articles (wake_at) WHERE wake_at IS NOT NULL;
-- The reserve: published evergreens, longest not used first.
CREATE INDEX articles_evergreen ON articles (publication_id, updated_at) WHERE status = 'published' AND evergreen = 1;
-- The editors' lists.
CREATE INDEX articles_status ON articles (publication_id, status, id);

CREATE TABLE revisions (
  article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
  hash TEXT NOT NULL,                               -- SHA-256 of everything a reader sees
  title TEXT NOT NULL,
  digest TEXT NOT NULL,
  markdown TEXT NOT NULL,
  meta TEXT NOT NULL,                               -- JSON: credits, cover, source
  media TEXT NOT NULL,                              -- JSON list of the media hashes that the text and the cover use
  saved_by TEXT NOT NULL,
  saved_at INTEGER NOT NULL,
  PRIMARY KEY (article_id, hash)
) STRICT;

-- One signed decision of one stage on one content hash.
CREATE TABLE reviews (
  id INTEGER PRIMARY KEY,
  article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
  stage TEXT NOT NULL,
  hash TEXT NOT NULL,
  decision TEXT NOT NULL CHECK (decision IN ('approve', 'return', 'reject')),
  gates TEXT NOT NULL,                              -- JSON list of the gates that the reviewer signed
  note TEXT NOT NULL,                               -- for the office only, never in any output
  reviewer TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;
CREATE INDEX reviews_article ON reviews (article_id);

-- Uploaded pictures, named by content hash; the bytes are in R2. Private until a live post uses one (post_media).
CREATE TABLE media (
  hash TEXT PRIMARY KEY,
  type TEXT NOT NULL,
  size INTEGER NOT NULL,
  uploaded_by TEXT NOT NULL,
  uploaded_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
