-- The wire: what happened to posts, in order. Append only; seq 1, 2, 3 … without gaps, which lets a reader address a slice by number.

-- A published article. `id` is the seq of its 'published' entry, so the newest posts are a range of the primary key.
CREATE TABLE posts (
  id INTEGER PRIMARY KEY,
  uid TEXT NOT NULL UNIQUE,
  article_id INTEGER NOT NULL REFERENCES articles (id),
  publication_id INTEGER NOT NULL REFERENCES publications (id),
  column_id INTEGER REFERENCES columns (id),
  unit_id INTEGER REFERENCES units (id),
  edition_id INTEGER NOT NULL REFERENCES editions (id),
  position INTEGER NOT NULL,
  hash TEXT NOT NULL,                               -- the revision that readers see
  kind TEXT NOT NULL CHECK (kind IN ('original', 'reprint', 'video')),
  title TEXT NOT NULL,
  digest TEXT NOT NULL,
  released_at INTEGER NOT NULL,
  corrected_at INTEGER,
  recalled_at INTEGER
) STRICT;
CREATE INDEX posts_publication ON posts (publication_id, id);
CREATE INDEX posts_column ON posts (column_id, id);
CREATE INDEX posts_article ON posts (article_id, id);

CREATE TABLE wire (
  seq INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('published', 'corrected', 'recalled')),
  at INTEGER NOT NULL,
  post_id INTEGER NOT NULL REFERENCES posts (id),
  note TEXT NOT NULL DEFAULT ''                     -- what readers are told of a correction or recall
) STRICT;

-- Which pictures a live post shows; a picture that no live post shows is private again.
CREATE TABLE post_media (
  hash TEXT NOT NULL,
  post_id INTEGER NOT NULL REFERENCES posts (id),
  PRIMARY KEY (hash, post_id)
) STRICT, WITHOUT ROWID;
