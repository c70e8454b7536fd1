-- SPDX-License-Identifier: Apache-2.0
--
-- From version 2 of the store to version 3: inventories that a person accepted. schema.sql is version 1.

-- A baseline is a conclusion that somebody stands for, so it is kept as it was, whatever is read or concluded later.
-- Nothing in it is ever altered or removed; who wants another accepts one under another name.
CREATE TABLE baseline (
	id          INTEGER PRIMARY KEY,  -- in the order in which they were accepted
	name        TEXT NOT NULL UNIQUE,
	time_ns     INTEGER NOT NULL,     -- end of the capture window: its date
	accepted_by TEXT NOT NULL,        -- as given; '': not said
	note        TEXT NOT NULL,
	sensor      TEXT NOT NULL,        -- version of earshot that concluded it
	assets      INTEGER NOT NULL,     -- without what stands behind them
	sha256      TEXT NOT NULL,        -- of the inventory, before compression
	bytes       INTEGER NOT NULL,     -- the same
	inventory   BLOB NOT NULL         -- JSON as 'earshot export json' writes it, as one zstd frame (RFC 8878)
) STRICT;

CREATE TRIGGER baseline_not_altered BEFORE UPDATE ON baseline
BEGIN SELECT raise(ABORT, 'a baseline is never altered'); END;
CREATE TRIGGER baseline_not_removed BEFORE DELETE ON baseline
BEGIN SELECT raise(ABORT, 'a baseline is never removed'); END;

CREATE VIEW baseline_text AS
SELECT name, strftime('%Y-%m-%dT%H:%M:%S', nullif(time_ns, 0) / 1000000000, 'unixepoch')
		|| printf('.%06dZ', time_ns % 1000000000 / 1000) AS time,
	accepted_by, note, sensor, assets, sha256, bytes
FROM baseline ORDER BY id;
