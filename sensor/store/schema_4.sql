-- SPDX-License-Identifier: Apache-2.0
--
-- From version 3 of the store to version 4: zones, conduits and findings beside the assets. schema.sql is version 1.
--
-- Conclusions like those of version 1: written whenever something was read, never edited, with the zones.yaml and the
-- register that were beside the store then. 'earshot zones check' judges anew, by the files as they are now.

CREATE TABLE concluded_zone (
	row        INTEGER PRIMARY KEY,
	id         TEXT NOT NULL,
	name       TEXT,
	kind       TEXT NOT NULL,         -- ot, safety, dmz, enterprise, external, wireless, temporary, supplier
	status     TEXT NOT NULL,         -- proposed, accepted, rejected, retired
	basis      TEXT NOT NULL,
	reason     TEXT NOT NULL,
	confidence REAL NOT NULL,         -- 0 to 1
	cohesion   REAL NOT NULL,         -- packets inside / all packets of its assets
	level_low  TEXT,
	level_high TEXT,
	subnets    TEXT NOT NULL,         -- separated by spaces
	vlans      TEXT NOT NULL
) STRICT;

-- Where each device is; what stands behind one is where that is.
CREATE TABLE concluded_placing (
	asset  INTEGER PRIMARY KEY REFERENCES concluded_asset(row),
	zone   INTEGER REFERENCES concluded_zone(row), -- NULL: in none
	reason TEXT
) STRICT;

CREATE TABLE concluded_conduit (
	row     INTEGER PRIMARY KEY,
	id      TEXT NOT NULL,
	zone_a  INTEGER NOT NULL REFERENCES concluded_zone(row),
	zone_b  INTEGER NOT NULL REFERENCES concluded_zone(row),
	status  TEXT NOT NULL,            -- of its declaration; proposed without one
	verdict TEXT NOT NULL             -- the worst of its channels
) STRICT;

CREATE TABLE concluded_channel (
	conduit    INTEGER NOT NULL REFERENCES concluded_conduit(row),
	number     INTEGER NOT NULL,
	initiator  INTEGER REFERENCES concluded_asset(row), -- NULL: allowed, and not seen
	responder  INTEGER REFERENCES concluded_asset(row),
	protocol   TEXT NOT NULL,
	transport  TEXT NOT NULL,
	port       INTEGER NOT NULL,
	operations INTEGER NOT NULL,      -- bits of table operation
	answered   INTEGER NOT NULL,
	packets    INTEGER NOT NULL,
	bytes      INTEGER NOT NULL,
	first_ns   INTEGER NOT NULL,
	last_ns    INTEGER NOT NULL,
	verdict    TEXT NOT NULL,         -- allowed, denied, unreviewed, expired, not observed
	because    TEXT NOT NULL,
	PRIMARY KEY (conduit, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE concluded_finding (
	row      INTEGER PRIMARY KEY,     -- the most severe first
	id       TEXT NOT NULL,
	rule     TEXT NOT NULL,
	severity TEXT NOT NULL,           -- info, low, medium, high
	title    TEXT NOT NULL,
	text     TEXT NOT NULL,
	advice   TEXT NOT NULL,
	clause   TEXT NOT NULL,           -- what it is evidence for
	zone     INTEGER REFERENCES concluded_zone(row),
	conduit  INTEGER REFERENCES concluded_conduit(row)
) STRICT;

CREATE TABLE concluded_concern (      -- the assets that a finding is about
	finding INTEGER NOT NULL REFERENCES concluded_finding(row),
	number  INTEGER NOT NULL,
	asset   INTEGER NOT NULL REFERENCES concluded_asset(row),
	PRIMARY KEY (finding, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE concluded_evidence (
	finding INTEGER NOT NULL REFERENCES concluded_finding(row),
	number  INTEGER NOT NULL,
	capture INTEGER NOT NULL REFERENCES capture(id),
	frame   INTEGER NOT NULL,
	time_ns INTEGER NOT NULL,
	what    TEXT NOT NULL,
	PRIMARY KEY (finding, number)
) STRICT, WITHOUT ROWID;

CREATE VIEW zone AS
SELECT z.id, z.name, z.kind, z.status, z.level_low, z.level_high,
	(SELECT count(*) FROM concluded_placing p WHERE p.zone = z.row) AS assets,
	z.subnets, z.vlans, z.cohesion, z.confidence, z.basis, z.reason
FROM concluded_zone z ORDER BY z.row;

CREATE VIEW zone_asset AS
SELECT a.id AS asset, z.id AS zone, p.reason
FROM concluded_placing p JOIN concluded_asset a ON a.row = p.asset LEFT JOIN concluded_zone z ON z.row = p.zone
ORDER BY a.row;

CREATE VIEW conduit AS
SELECT c.id, a.id AS zone_a, b.id AS zone_b, c.status, c.verdict,
	(SELECT count(*) FROM concluded_channel h WHERE h.conduit = c.row) AS channels
FROM concluded_conduit c
JOIN concluded_zone a ON a.row = c.zone_a
JOIN concluded_zone b ON b.row = c.zone_b
ORDER BY c.row;

CREATE VIEW channel AS
SELECT c.id AS conduit, i.id AS initiator, r.id AS responder, h.protocol, h.transport, h.port,
	(SELECT group_concat(o.name, ' ') FROM operation o WHERE h.operations & o.bit) AS operations,
	h.answered, h.verdict, h.because, h.packets, h.bytes,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(h.first_ns, 0) / 1000000000, 'unixepoch')
		|| printf('.%06dZ', h.first_ns % 1000000000 / 1000) AS first_seen,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(h.last_ns, 0) / 1000000000, 'unixepoch')
		|| printf('.%06dZ', h.last_ns % 1000000000 / 1000) AS last_seen
FROM concluded_channel h
JOIN concluded_conduit c ON c.row = h.conduit
LEFT JOIN concluded_asset i ON i.row = h.initiator
LEFT JOIN concluded_asset r ON r.row = h.responder
ORDER BY h.conduit, h.number;

CREATE VIEW finding AS
SELECT f.id, f.rule, f.severity, f.title, f.text, f.advice, f.clause, z.id AS zone, c.id AS conduit,
	(SELECT group_concat(a.id, ' ') FROM concluded_concern n JOIN concluded_asset a ON a.row = n.asset
		WHERE n.finding = f.row) AS assets
FROM concluded_finding f
LEFT JOIN concluded_zone z ON z.row = f.zone
LEFT JOIN concluded_conduit c ON c.row = f.conduit
ORDER BY f.row;

-- The frames that show a finding: open `capture` at `frame`.
CREATE VIEW finding_evidence AS
SELECT f.id AS finding, k.name AS capture, e.frame,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(e.time_ns, 0) / 1000000000, 'unixepoch')
		|| printf('.%06dZ', e.time_ns % 1000000000 / 1000) AS time,
	e.what
FROM concluded_evidence e
JOIN concluded_finding f ON f.row = e.finding
JOIN capture k ON k.id = e.capture
ORDER BY e.finding, e.number;
