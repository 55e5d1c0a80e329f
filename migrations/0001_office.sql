-- The office: which outlets it runs, who works in it, who may call the API, and what each of them did.
-- All times are epoch milliseconds, local dates are TEXT 'YYYY-MM-DD' in the publication's zone.
-- `slug` is the public id of what a person named; a UUIDv7 `uid` that of what was made by the thousand.

CREATE TABLE publications (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  medium TEXT NOT NULL CHECK (medium IN ('article', 'video')),
  time_zone TEXT NOT NULL,
  quota INTEGER NOT NULL CHECK (quota >= 0),
  plan_at TEXT NOT NULL,                            -- 'HH:MM', local
  release_times TEXT NOT NULL,                      -- JSON list of five-field cron expressions, local
  stages TEXT NOT NULL,                             -- JSON list of review stages in order; [] = a submitted article queues at once
  -- 紧急停发: while set, nothing is released or delivered.
  stopped_at INTEGER,
  stop_reason TEXT,
  -- The tick's alarm clock: business time of the next thing to do (plan or release).
  due_at INTEGER NOT NULL,
  rev INTEGER NOT NULL,
  stamp TEXT,                                       -- token of the batch that last changed the row (guarded batches)
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) STRICT;
-- An idle tick must not read every publication.
CREATE INDEX publications_due ON publications (due_at);

CREATE TABLE columns (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE units (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('committee', 'department', 'section')),
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE people (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  role TEXT NOT NULL CHECK (role IN ('correspondent', 'editor', 'reviewer', 'deputy', 'head', 'publisher', 'admin')),
  unit_id INTEGER REFERENCES units (id),
  created_at INTEGER NOT NULL
) STRICT;

-- Bearer tokens. Only the hash is kept: the token itself is shown once, when it is made.
CREATE TABLE tokens (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  hash TEXT NOT NULL UNIQUE,                        -- SHA-256, hex
  name TEXT NOT NULL,
  person_id INTEGER REFERENCES people (id),
  scopes TEXT NOT NULL,                             -- JSON list
  revoked_at INTEGER,
  created_at INTEGER NOT NULL
) STRICT;

-- Who did what, when: written in the batch of the act itself, never changed.
CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,                              -- 'token:<uid>', 'person:<slug>', 'admin', 'tick'
  action TEXT NOT NULL,                             -- 'article.submitted', 'slot.released', …
  subject TEXT NOT NULL,                            -- '<kind>:<public id>'
  detail TEXT NOT NULL DEFAULT '{}'                 -- JSON, never a secret
) STRICT;

-- A POST that carried an Idempotency-Key: what was asked, and the answer to give again.
CREATE TABLE requests (
  principal TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,                        -- SHA-256 of method, path and body
  lease_until INTEGER,                              -- wall clock; set while the first request runs
  status INTEGER,
  answer TEXT,                                      -- sealed: an answer may show a new secret
  created_at INTEGER NOT NULL,
  PRIMARY KEY (principal, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX requests_created ON requests (created_at);

-- One row: what every page and the tick need to know in one read.
CREATE TABLE office (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  rev INTEGER NOT NULL,                             -- raised when a name that readers see changes: part of every ETag
  last_tick_at INTEGER,                             -- business time of the last tick
  last_tick_wall INTEGER,                           -- wall clock of the last tick
  latest_tick_at INTEGER,                           -- the furthest business time seen; an earlier tick has stepped back
  chores_at INTEGER NOT NULL DEFAULT 0              -- business time of the next bounded clean-up
) STRICT;
INSERT INTO office (id, rev) VALUES (1, 1);
