-- How each publication chooses its posts, and what the planner reads to choose them.

-- JSON: caps, minimums, credits … (src/newsroom/ladder-settings.ts). What it does not say is the default.
ALTER TABLE publications ADD COLUMN ladder TEXT NOT NULL DEFAULT '{}';

-- The pick is of an article that was published before: unreleased, it goes back to the reserve and not to the queue.
ALTER TABLE picks ADD COLUMN again INTEGER NOT NULL DEFAULT 0 CHECK (again IN (0, 1));
UPDATE picks SET again = 1 WHERE rung = 'reserve';

-- Why the edition is short, in words; '' when it is not.
ALTER TABLE editions ADD COLUMN short_because TEXT NOT NULL DEFAULT '';

-- Posts of each unit (0: of none) in a publication's month, 'YYYY-MM': fairness must not count the archive.
CREATE TABLE unit_months (
  publication_id INTEGER NOT NULL REFERENCES publications (id),
  month TEXT NOT NULL,
  unit_id INTEGER NOT NULL,
  posts INTEGER NOT NULL,
  PRIMARY KEY (publication_id, month, unit_id)
) STRICT, WITHOUT ROWID;
INSERT INTO unit_months (publication_id, month, unit_id, posts)
SELECT p.publication_id, substr(e.date, 1, 7), coalesce(p.unit_id, 0), count(*) FROM posts p JOIN editions e ON e.id = p.edition_id GROUP BY 1, 2, 3;

-- The head of the queue by kind, since the share of reprints is limited. What must run on a date comes by its own index,
-- so that a pile of articles for some later date is not read each day.
DROP INDEX articles_queue;
CREATE INDEX articles_queue ON articles (publication_id, kind, queue_key) WHERE status = 'queued' AND must_run_on IS NULL;
-- The head of each (column, unit) cell, without a look at the table: caps need something of every cell, and after one
-- unit's import of thousands the head of the queue holds only theirs.
CREATE INDEX articles_cells ON articles (publication_id, kind, column_id, unit_id, queue_key, id, expires_at, embargo_until, important,
  status, must_run_on) WHERE status = 'queued' AND must_run_on IS NULL;
