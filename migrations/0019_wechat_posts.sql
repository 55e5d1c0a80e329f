-- What became of posts at a WeChat account, and its allowance of messages to all followers.

-- One row a post and channel: its receipt.
CREATE TABLE wechat_articles (
  channel_id INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  post_id INTEGER NOT NULL REFERENCES posts (id),
  -- drafted: in a draft that a person is to send; published: readers have it; failed: the platform refused it;
  -- deleted: taken down, by us or by the office; banned: taken down by the platform
  state TEXT NOT NULL CHECK (state IN ('drafted', 'published', 'failed', 'deleted', 'banned')),
  way TEXT NOT NULL CHECK (way IN ('mass', 'publish', 'draft')),
  bundle TEXT NOT NULL,                             -- its delivery's id and the bundle's number there: <delivery>:<n>
  idx INTEGER NOT NULL,                             -- its place in the bundle, from 1
  draft TEXT,                                       -- media_id; the draft is gone once it is published
  job TEXT,                                         -- publish_id or msg_id
  article_id TEXT,                                  -- of what was published, for freepublish/delete
  url TEXT,                                         -- https://mp.weixin.qq.com/s/…; null while it is not known
  why TEXT,                                         -- what the platform said, in our words
  at INTEGER NOT NULL,                              -- business time of the state
  PRIMARY KEY (channel_id, post_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX wechat_articles_bundle ON wechat_articles (channel_id, bundle);
CREATE INDEX wechat_articles_post ON wechat_articles (post_id);

-- Messages to all followers: each is claimed before it is sent, by the bundle that it is for.
CREATE TABLE wechat_mass_sends (
  channel_id INTEGER NOT NULL REFERENCES channels (id) ON DELETE CASCADE,
  date TEXT NOT NULL,                               -- local date of the account
  bundle TEXT NOT NULL,
  PRIMARY KEY (channel_id, date, bundle)
) STRICT, WITHOUT ROWID;
