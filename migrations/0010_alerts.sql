-- What the office tells itself: a second log beside the wire, the channels that follow it, and what its warnings are made of.

-- Append only; seq 1, 2, 3 … without gaps, like the wire.
CREATE TABLE alerts (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  kind TEXT NOT NULL,                               -- 'edition.short', 'delivery.gone', …
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  subject TEXT NOT NULL                             -- '<kind>:<public id>', as in the audit
) STRICT;

-- Which log a channel follows. A shard holds channels of one purpose, so that a run reads one log.
ALTER TABLE channels ADD COLUMN purpose TEXT NOT NULL DEFAULT 'news' CHECK (purpose IN ('news', 'alert'));
ALTER TABLE shards ADD COLUMN purpose TEXT NOT NULL DEFAULT 'news' CHECK (purpose IN ('news', 'alert'));

-- JSON list of 'HH:MM', local: when a working day's shortfall is looked at and warned of.
ALTER TABLE publications ADD COLUMN warn_at TEXT NOT NULL DEFAULT '["16:00"]';
-- The alarm clock was set without these moments.
UPDATE publications SET due_at = 0;

-- The looks that have been taken, so that each is taken once.
CREATE TABLE warnings (
  publication_id INTEGER NOT NULL REFERENCES publications (id),
  date TEXT NOT NULL,
  time TEXT NOT NULL,                               -- 'HH:MM', as set
  at INTEGER NOT NULL,
  stamp TEXT NOT NULL,                              -- token of the batch that took the look (guarded batches)
  PRIMARY KEY (publication_id, date, time)
) STRICT, WITHOUT ROWID;

-- How many articles were approved on a local date: the usual arrivals, without a look at the articles.
CREATE TABLE arrivals (
  publication_id INTEGER NOT NULL REFERENCES publications (id),
  date TEXT NOT NULL,
  approved INTEGER NOT NULL,
  PRIMARY KEY (publication_id, date)
) STRICT, WITHOUT ROWID;
