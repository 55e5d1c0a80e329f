-- How large a picture is as it is shown, in pixels: what a cover's crops are reckoned from. NULL for videos, for pictures
-- whose headers do not tell, and for what was uploaded before; the same picture uploaded again fills it in.
ALTER TABLE media ADD COLUMN width INTEGER;
ALTER TABLE media ADD COLUMN height INTEGER;
