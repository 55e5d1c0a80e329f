-- What a publication's articles look like in WeChat.

-- JSON: one of the themes that come with Kanfa, and what is changed of it (src/formats/wechat/theme.ts).
ALTER TABLE publications ADD COLUMN theme TEXT NOT NULL DEFAULT '{"base":"red"}';
