-- The hand on the wheel: who placed a pick, and what a person took out of an edition so that planning leaves it out.

ALTER TABLE picks ADD COLUMN placed_by TEXT; -- actor; NULL for the planner's own picks

CREATE TABLE drops (
  edition_id INTEGER NOT NULL REFERENCES editions (id),
  article_id INTEGER NOT NULL REFERENCES articles (id),
  PRIMARY KEY (edition_id, article_id)
) STRICT, WITHOUT ROWID;
