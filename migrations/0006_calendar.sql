-- Which days are worked, as far as a person entered it. Announced years that the library carries and the standing rule of
-- years to come are computed: they have no rows here.

CREATE TABLE calendar_years (
  year INTEGER PRIMARY KEY,
  -- 'announced': the State Council's notice was imported here, and its days are rows of calendar_days.
  -- 'provisional': only local days were entered; for the rest the library speaks, or the rule (暂定).
  status TEXT NOT NULL CHECK (status IN ('announced', 'provisional')),
  notice TEXT,                                      -- the notice's number, such as 国办发明电〔2025〕7号
  rev INTEGER NOT NULL,
  stamp TEXT,                                       -- token of the batch that last changed the year (guarded batches)
  updated_at INTEGER NOT NULL
) STRICT;

-- A day may have one row of each source: taking a local day back shows the notice's word again.
CREATE TABLE calendar_days (
  date TEXT NOT NULL,
  source TEXT NOT NULL CHECK (source IN ('notice', 'local')),
  year INTEGER NOT NULL REFERENCES calendar_years (year), -- whose calendar it is: 元旦 may begin in the December before
  working INTEGER NOT NULL CHECK (working IN (0, 1)),
  name TEXT,                                        -- the holiday that it is, or is worked for
  note TEXT NOT NULL DEFAULT '',                    -- why, for local days
  PRIMARY KEY (date, source)
) STRICT, WITHOUT ROWID;

-- The last local date on which the tick warned that next year is still provisional: it warns once a day.
ALTER TABLE office ADD COLUMN calendar_warned_on TEXT;
