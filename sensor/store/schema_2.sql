-- SPDX-License-Identifier: Apache-2.0
--
-- From version 1 of the store to version 2: what `earshot watch` needs. schema.sql is version 1.
--
-- In a store that `earshot watch` writes, row numbers of fact tables follow the order in which rows were
-- first seen; `earshot read` numbers them anew by content.

-- A live capture has the time at which listening began (nanoseconds since 1970, UTC), and no sha256; 0: a file.
ALTER TABLE capture ADD COLUMN live_ns INTEGER NOT NULL DEFAULT 0;
CREATE UNIQUE INDEX capture_live ON capture(name, live_ns) WHERE live_ns <> 0;

-- What happened, in the order in which it was noticed; the oldest go when there are more than EVENT_LOG_MAX.
-- Names, not row numbers: an event outlives what it was made from.
CREATE TABLE event_log (
	id           INTEGER PRIMARY KEY,
	key          INTEGER NOT NULL UNIQUE, -- a hash of what it says: told once
	kind         TEXT NOT NULL, -- new-asset asset-silent identity-changed new-link first-operation control program configure address-conflict
	time_ns      INTEGER NOT NULL, -- capture time
	asset        TEXT,    -- asset.id
	asset_name   TEXT,    -- its name or address at that time
	peer         TEXT,    -- the other asset: the server of a link
	peer_name    TEXT,
	protocol     TEXT,
	operation    TEXT,
	attribute    TEXT,    -- of identity-changed
	old_value    TEXT,
	new_value    TEXT,
	message      TEXT,
	detail       TEXT,
	count        INTEGER NOT NULL, -- of what is repeated; 0: does not apply
	capture      TEXT,    -- capture.name of the evidence
	frame        INTEGER NOT NULL,
	evidence_ns  INTEGER NOT NULL,
	old_capture  TEXT,    -- the same of old_value
	old_frame    INTEGER NOT NULL,
	old_ns       INTEGER NOT NULL
) STRICT;
CREATE INDEX event_log_time ON event_log(time_ns);

-- Keys of all events that were ever told, also of those that the log has no room for.
CREATE TABLE event_told (
	key INTEGER PRIMARY KEY
) STRICT;

CREATE VIEW event_text AS
SELECT id, kind,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(time_ns, 0) / 1000000000, 'unixepoch')
		|| printf('.%06dZ', time_ns % 1000000000 / 1000) AS time,
	coalesce(asset_name, asset) AS asset, coalesce(peer_name, peer) AS peer, protocol, operation, attribute,
	old_value, new_value, message, detail, nullif(count, 0) AS count, capture, nullif(frame, 0) AS frame
FROM event_log ORDER BY id;
