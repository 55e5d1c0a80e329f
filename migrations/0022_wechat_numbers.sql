-- What the platform counts of a WeChat account's readers, and how the account is.

-- One row a day, as the platform counted it; NULL where it has not said. Dates are the platform's (China).
CREATE TABLE wechat_numbers (
  channel_id INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  date TEXT NOT NULL,
  followers INTEGER,                                -- at the day's end
  came INTEGER,
  went INTEGER,
  reads INTEGER,                                    -- people who read any article that day
  shares INTEGER,                                   -- people who shared one
  PRIMARY KEY (channel_id, date)
) STRICT, WITHOUT ROWID;

-- How many people have read a post since it was published there.
CREATE TABLE wechat_reads (
  channel_id INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  published TEXT NOT NULL,                          -- the platform's date
  post_id INTEGER NOT NULL REFERENCES posts (id),
  reads INTEGER NOT NULL,
  shares INTEGER NOT NULL,
  until TEXT NOT NULL,                              -- the last day that is counted
  PRIMARY KEY (channel_id, published, post_id)
) STRICT, WITHOUT ROWID;

-- What was last seen of an account; one without a row has not been looked at.
CREATE TABLE wechat_health (
  channel_id INTEGER PRIMARY KEY REFERENCES channels (id) ON DELETE CASCADE,
  next_at INTEGER NOT NULL DEFAULT 0,               -- business time of the next daily look
  rest_until INTEGER NOT NULL DEFAULT 0,            -- until then no numbers are asked for: the account has no right to them
  numbers_at INTEGER,                               -- business time at which all numbers were had
  numbers_error TEXT,                               -- JSON: why they were not had the last time
  quota TEXT,                                       -- JSON: the platform's allowance of the calls that push
  callback TEXT,                                    -- JSON: what the platform says of the way to us
  checked_at INTEGER,                               -- wall clock of quota and callback
  -- The last refusal that a person has to know.
  error_code TEXT,
  error_class TEXT,
  error_words TEXT,
  error_next TEXT,
  error_at INTEGER,
  -- The last address that the platform did not allow.
  ip TEXT,
  ip_code TEXT,
  ip_at INTEGER,
  reached_at INTEGER NOT NULL DEFAULT 0,            -- when a call was last answered
  good_at INTEGER NOT NULL DEFAULT 0                -- when a push last went through
) STRICT;

-- What the office has been told of an account, so that it is told once.
CREATE TABLE wechat_told (
  channel_id INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  what TEXT NOT NULL,                               -- 'code:40164', 'certified:30', 'quota:…'
  about TEXT NOT NULL,                              -- the local day, the day of the end, the numbers: another one is told anew
  stamp TEXT NOT NULL,                              -- token of the batch that told it (guarded batches)
  at INTEGER NOT NULL,
  PRIMARY KEY (channel_id, what, about)
) STRICT, WITHOUT ROWID;
