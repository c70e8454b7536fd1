-- SPDX-License-Identifier: Apache-2.0
--
-- The store of earshot, version 1 (PRAGMA user_version), application_id 0x65617273 ("ears").
--
-- Two kinds of tables:
--
--   facts        what captures proved. The truth; everything else follows from it.
--                capture protocol_count endpoint binding fact link activity, and meta.
--   conclusions  what follows from the facts: devices, roles, who talks to whom. Made anew at each
--                save, so never edit them and never let a table of yours refer to their row numbers;
--                a device has an `id` that the same evidence gives it everywhere.
--                The tables are named concluded_*; the views asset, asset_fact, interface, role,
--                asset_link, conflict, type_verdict and unanswered show them with readable times:
--
--                    sqlite3 earshot.db 'select id, ips, vendor, model, firmware_version, type from asset'
--
-- Row numbers (`id` of fact tables) are the rank of the row by its content, renewed at each save.
-- What identifies a row is its UNIQUE or PRIMARY KEY content. Tables that are not named here are left alone.
--
-- Every row of facts has the span of its sightings: the first and the last packet that said it.
--   *_ns       nanoseconds since 1970-01-01 UTC, as captured; 0: unknown
--   *_capture  capture.id
--   *_frame    1-based number of the frame in that capture
--
-- Sets of operations are bits: 1 read, 2 write, 4 control, 8 program, 16 configure, 32 diagnose, 64 file.

-- Words about the store itself: site, and refused (rows that found no room while captures were read).
CREATE TABLE meta (
	key   TEXT PRIMARY KEY,
	value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A capture file that was read, and what it could not show.
CREATE TABLE capture (
	id                INTEGER PRIMARY KEY, -- by first packet, sha256, name
	name              TEXT NOT NULL,       -- as given, without folders
	sha256            TEXT NOT NULL,       -- of the file as it is on disk
	link_type         TEXT NOT NULL,
	bytes             INTEGER NOT NULL,
	packets           INTEGER NOT NULL,
	first_ns          INTEGER NOT NULL,
	last_ns           INTEGER NOT NULL,
	truncated_packets INTEGER NOT NULL, -- cut by the snap length
	undecoded_packets INTEGER NOT NULL, -- link type, EtherType or header not understood
	dropped_packets   INTEGER NOT NULL, -- lost by the capturing system, as the file says
	duplicate_packets INTEGER NOT NULL, -- second copies from a mirror of both directions
	fragments_lost    INTEGER NOT NULL, -- IP fragments that were never completed
	gaps              INTEGER NOT NULL, -- lost TCP segments
	gap_bytes         INTEGER NOT NULL,
	flows             INTEGER NOT NULL, -- TCP and UDP conversations
	one_sided_flows   INTEGER NOT NULL, -- with data in one direction only
	encrypted_flows   INTEGER NOT NULL,
	unclaimed_flows   INTEGER NOT NULL, -- no dissector understood them
	evicted_flows     INTEGER NOT NULL, -- a bound of memory was reached
	evicted_rows      INTEGER NOT NULL,
	cut_at_byte       INTEGER NOT NULL  -- where the file broke off; 0: whole
) STRICT;
CREATE UNIQUE INDEX capture_sha256 ON capture(sha256) WHERE sha256 <> '';

-- What one dissector read in one capture.
CREATE TABLE protocol_count (
	capture           INTEGER NOT NULL REFERENCES capture(id),
	protocol          TEXT NOT NULL,
	pdus              INTEGER NOT NULL,
	malformed         INTEGER NOT NULL,
	unassembled_bytes INTEGER NOT NULL,
	PRIMARY KEY (capture, protocol)
) STRICT, WITHOUT ROWID;

-- Where a fact sticks: a MAC or IP address, or a place behind it (Modbus unit 3, CIP slot 1/0).
CREATE TABLE endpoint (
	id            INTEGER PRIMARY KEY,
	address       TEXT NOT NULL,
	path_kind     TEXT NOT NULL,    -- '' the address itself, else modbus-unit, cip-port-slot, ...
	path          TEXT NOT NULL,
	spoke         INTEGER NOT NULL, -- 1: sent a frame, or answered; 0: was only asked
	packets       INTEGER NOT NULL, -- sent
	first_ns      INTEGER NOT NULL,
	first_capture INTEGER NOT NULL REFERENCES capture(id),
	first_frame   INTEGER NOT NULL,
	last_ns       INTEGER NOT NULL,
	last_capture  INTEGER NOT NULL REFERENCES capture(id),
	last_frame    INTEGER NOT NULL,
	UNIQUE (address, path_kind, path)
) STRICT;

-- An IP address that arrived from a MAC address; no proof yet that the MAC is its own.
CREATE TABLE binding (
	ip            INTEGER NOT NULL REFERENCES endpoint(id),
	mac           INTEGER NOT NULL REFERENCES endpoint(id),
	vlan          INTEGER NOT NULL, -- -1: untagged
	hops          INTEGER NOT NULL, -- least routers between; -1: unknown
	first_ns      INTEGER NOT NULL,
	first_capture INTEGER NOT NULL REFERENCES capture(id),
	first_frame   INTEGER NOT NULL,
	last_ns       INTEGER NOT NULL,
	last_capture  INTEGER NOT NULL REFERENCES capture(id),
	last_frame    INTEGER NOT NULL,
	PRIMARY KEY (ip, mac, vlan)
) STRICT, WITHOUT ROWID;

-- One thing that one kind of message said about one endpoint.
CREATE TABLE fact (
	id            INTEGER PRIMARY KEY,
	endpoint      INTEGER NOT NULL REFERENCES endpoint(id),
	attribute     TEXT NOT NULL,
	protocol      TEXT NOT NULL,
	message       TEXT NOT NULL,
	value         TEXT NOT NULL,    -- '' when only a number was said, see code
	code          TEXT NOT NULL,    -- the number behind the value; '' when there is none
	naming        TEXT NOT NULL,    -- the public table that names the code: cip-vendor, cip-device-type, profinet-vendor
	confidence    INTEGER NOT NULL, -- percent
	count         INTEGER NOT NULL,
	first_ns      INTEGER NOT NULL,
	first_capture INTEGER NOT NULL REFERENCES capture(id),
	first_frame   INTEGER NOT NULL,
	last_ns       INTEGER NOT NULL,
	last_capture  INTEGER NOT NULL REFERENCES capture(id),
	last_frame    INTEGER NOT NULL,
	UNIQUE (endpoint, attribute, protocol, message, value, code, naming)
) STRICT;

-- Two endpoints that talked, or one that asked in vain.
CREATE TABLE link (
	id               INTEGER PRIMARY KEY,
	client           INTEGER NOT NULL REFERENCES endpoint(id),
	server           INTEGER NOT NULL REFERENCES endpoint(id),
	protocol         TEXT NOT NULL,    -- '' nobody knows
	transport        TEXT NOT NULL,    -- tcp, udp, '' link layer
	port             INTEGER NOT NULL, -- of the server; 0: none
	basis            TEXT NOT NULL,    -- dissected, labelled (named from outside only), plain
	parts            INTEGER NOT NULL, -- bits: 1 requests, 2 responses, 4 exchange between equals
	asked            INTEGER NOT NULL, -- operations
	answered         INTEGER NOT NULL,
	refused          INTEGER NOT NULL,
	direction_proven INTEGER NOT NULL, -- 0: the client only spoke first
	packets          INTEGER NOT NULL, -- both directions
	bytes            INTEGER NOT NULL,
	first_ns         INTEGER NOT NULL,
	first_capture    INTEGER NOT NULL REFERENCES capture(id),
	first_frame      INTEGER NOT NULL,
	last_ns          INTEGER NOT NULL,
	last_capture     INTEGER NOT NULL REFERENCES capture(id),
	last_frame       INTEGER NOT NULL,
	UNIQUE (client, server, protocol, transport, port)
) STRICT;

-- The first proof of an operation on a link (message ''), or an event (with a message, counted).
CREATE TABLE activity (
	link          INTEGER NOT NULL REFERENCES link(id),
	operation     TEXT NOT NULL,
	message       TEXT NOT NULL,
	detail        TEXT NOT NULL,
	count         INTEGER NOT NULL, -- 0 for the proof of an operation: cyclic traffic is not counted
	first_ns      INTEGER NOT NULL,
	first_capture INTEGER NOT NULL REFERENCES capture(id),
	first_frame   INTEGER NOT NULL,
	last_ns       INTEGER NOT NULL,
	last_capture  INTEGER NOT NULL REFERENCES capture(id),
	last_frame    INTEGER NOT NULL,
	PRIMARY KEY (link, operation, message, detail)
) STRICT, WITHOUT ROWID;

-- Conclusions. `row` is the place in the order of the inventory: a parent, then its children.
CREATE TABLE concluded_asset (
	row              INTEGER PRIMARY KEY,
	id               TEXT NOT NULL,
	parent           INTEGER, -- the row of the asset it is a part of
	at_kind          TEXT, -- where in the parent
	at               TEXT,
	name             TEXT,
	vendor           TEXT,
	model            TEXT,
	order_number     TEXT,
	serial_number    TEXT,
	hardware_version TEXT,
	firmware_version TEXT,
	os               TEXT,
	type             TEXT,
	type_confidence  REAL NOT NULL,
	flags            TEXT NOT NULL, -- separated by spaces
	purdue_level     TEXT,
	first_ns         INTEGER NOT NULL,
	last_ns          INTEGER NOT NULL,
	would_identify   TEXT -- the observation that would have identified it; NULL: it is identified
) STRICT;

CREATE TABLE concluded_interface (
	asset      INTEGER NOT NULL REFERENCES concluded_asset(row),
	number     INTEGER NOT NULL,
	mac        TEXT, -- NULL: not proved
	mac_vendor TEXT,
	ips        TEXT NOT NULL, -- lists are separated by spaces
	vlans      TEXT NOT NULL,
	hostnames  TEXT NOT NULL,
	PRIMARY KEY (asset, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE concluded_fact (
	asset   INTEGER NOT NULL REFERENCES concluded_asset(row),
	number  INTEGER NOT NULL,
	fact    INTEGER NOT NULL REFERENCES fact(id),
	value   TEXT, -- the looked-up name of a code; NULL: as the fact says
	at_kind TEXT,
	at      TEXT,
	PRIMARY KEY (asset, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE concluded_role (
	asset      INTEGER NOT NULL REFERENCES concluded_asset(row),
	number     INTEGER NOT NULL,
	protocol   TEXT NOT NULL,
	role       TEXT NOT NULL,
	transport  TEXT NOT NULL,
	port       INTEGER NOT NULL,
	basis      TEXT NOT NULL,
	operations INTEGER NOT NULL,
	refused    INTEGER NOT NULL,
	peers      INTEGER NOT NULL,
	first_ns   INTEGER NOT NULL,
	last_ns    INTEGER NOT NULL,
	PRIMARY KEY (asset, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE concluded_conflict (
	asset     INTEGER NOT NULL REFERENCES concluded_asset(row),
	attribute TEXT NOT NULL,
	value     TEXT NOT NULL,
	PRIMARY KEY (asset, attribute, value)
) STRICT, WITHOUT ROWID;

CREATE TABLE concluded_verdict (
	asset   INTEGER NOT NULL REFERENCES concluded_asset(row),
	number  INTEGER NOT NULL,
	rule    TEXT NOT NULL,
	type    TEXT NOT NULL,
	score   REAL NOT NULL,
	won     INTEGER NOT NULL,
	because TEXT NOT NULL,
	PRIMARY KEY (asset, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE concluded_link (
	row       INTEGER PRIMARY KEY,
	client    INTEGER NOT NULL REFERENCES concluded_asset(row),
	server    INTEGER NOT NULL REFERENCES concluded_asset(row),
	protocol  TEXT NOT NULL,
	transport TEXT NOT NULL,
	port      INTEGER NOT NULL,
	basis     TEXT NOT NULL,
	asked     INTEGER NOT NULL,
	answered  INTEGER NOT NULL,
	refused   INTEGER NOT NULL,
	packets   INTEGER NOT NULL,
	bytes     INTEGER NOT NULL,
	first_ns  INTEGER NOT NULL,
	last_ns   INTEGER NOT NULL
) STRICT;

CREATE TABLE concluded_unanswered (
	row       INTEGER PRIMARY KEY,
	address   TEXT NOT NULL,
	protocols TEXT NOT NULL -- separated by spaces
) STRICT;

CREATE TABLE concluded_asker (
	unanswered INTEGER NOT NULL REFERENCES concluded_unanswered(row),
	asset      INTEGER NOT NULL REFERENCES concluded_asset(row),
	PRIMARY KEY (unanswered, asset)
) STRICT, WITHOUT ROWID;

-- The small tables behind the readable views: times, and the names of operation bits.
CREATE TABLE operation (
	bit  INTEGER PRIMARY KEY,
	name TEXT NOT NULL
) STRICT;
INSERT INTO operation VALUES
	(1, 'read'), (2, 'write'), (4, 'control'), (8, 'program'), (16, 'configure'), (32, 'diagnose'), (64, 'file');

CREATE VIEW asset AS
SELECT a.id, p.id AS parent, a.at_kind, a.at, a.name, a.vendor, a.model, a.order_number, a.serial_number,
	a.hardware_version, a.firmware_version, a.os, a.type, a.type_confidence, a.flags, a.purdue_level,
	(SELECT group_concat(i.ips, ' ') FROM concluded_interface i WHERE i.asset = a.row AND i.ips <> '') AS ips,
	(SELECT group_concat(i.mac, ' ') FROM concluded_interface i WHERE i.asset = a.row) AS macs,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(a.first_ns, 0) / 1000000000, 'unixepoch')
		|| printf('.%06dZ', a.first_ns % 1000000000 / 1000) AS first_seen,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(a.last_ns, 0) / 1000000000, 'unixepoch')
		|| printf('.%06dZ', a.last_ns % 1000000000 / 1000) AS last_seen,
	a.would_identify
FROM concluded_asset a LEFT JOIN concluded_asset p ON p.row = a.parent
ORDER BY a.row;

CREATE VIEW interface AS
SELECT a.id AS asset, i.mac, i.mac_vendor, i.ips, i.vlans, i.hostnames
FROM concluded_interface i JOIN concluded_asset a ON a.row = i.asset;

-- Each value of an asset with its evidence: open `capture` at `frame`.
CREATE VIEW asset_fact AS
SELECT a.id AS asset, f.attribute, coalesce(c.value, f.value) AS value, nullif(f.code, '') AS code,
	f.protocol, f.message, c.at_kind, c.at, f.confidence / 100.0 AS confidence, k.name AS capture, f.first_frame AS frame,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(f.first_ns, 0) / 1000000000, 'unixepoch')
		|| printf('.%06dZ', f.first_ns % 1000000000 / 1000) AS first_seen,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(f.last_ns, 0) / 1000000000, 'unixepoch')
		|| printf('.%06dZ', f.last_ns % 1000000000 / 1000) AS last_seen,
	f.count
FROM concluded_fact c
JOIN concluded_asset a ON a.row = c.asset
JOIN fact f ON f.id = c.fact
JOIN capture k ON k.id = f.first_capture;

CREATE VIEW role AS
SELECT a.id AS asset, r.protocol, r.role, r.transport, r.port, r.basis, r.peers,
	(SELECT group_concat(o.name, ' ') FROM operation o WHERE r.operations & o.bit) AS operations,
	(SELECT group_concat(o.name, ' ') FROM operation o WHERE r.refused & o.bit) AS refused,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(r.first_ns, 0) / 1000000000, 'unixepoch')
		|| printf('.%06dZ', r.first_ns % 1000000000 / 1000) AS first_seen,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(r.last_ns, 0) / 1000000000, 'unixepoch')
		|| printf('.%06dZ', r.last_ns % 1000000000 / 1000) AS last_seen
FROM concluded_role r JOIN concluded_asset a ON a.row = r.asset;

CREATE VIEW asset_link AS
SELECT c.id AS client, s.id AS server, l.protocol, l.transport, l.port, l.basis,
	(SELECT group_concat(o.name, ' ') FROM operation o WHERE (l.asked | l.answered) & o.bit) AS operations,
	(SELECT group_concat(o.name, ' ') FROM operation o WHERE l.refused & o.bit) AS refused,
	l.packets, l.bytes,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(l.first_ns, 0) / 1000000000, 'unixepoch')
		|| printf('.%06dZ', l.first_ns % 1000000000 / 1000) AS first_seen,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(l.last_ns, 0) / 1000000000, 'unixepoch')
		|| printf('.%06dZ', l.last_ns % 1000000000 / 1000) AS last_seen
FROM concluded_link l
JOIN concluded_asset c ON c.row = l.client
JOIN concluded_asset s ON s.row = l.server;

-- What happened between two addresses: "PLC stop", "block download", with the frame that shows it.
CREATE VIEW event AS
SELECT c.address AS client, s.address AS server, l.protocol, v.operation, v.message,
	nullif(v.detail, '') AS detail, v.count, k.name AS capture, v.first_frame AS frame,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(v.first_ns, 0) / 1000000000, 'unixepoch')
		|| printf('.%06dZ', v.first_ns % 1000000000 / 1000) AS first_seen,
	strftime('%Y-%m-%dT%H:%M:%S', nullif(v.last_ns, 0) / 1000000000, 'unixepoch')
		|| printf('.%06dZ', v.last_ns % 1000000000 / 1000) AS last_seen
FROM activity v
JOIN link l ON l.id = v.link
JOIN endpoint c ON c.id = l.client
JOIN endpoint s ON s.id = l.server
JOIN capture k ON k.id = v.first_capture
WHERE v.message <> '';

CREATE VIEW conflict AS
SELECT a.id AS asset, c.attribute, c.value
FROM concluded_conflict c JOIN concluded_asset a ON a.row = c.asset;

CREATE VIEW type_verdict AS
SELECT a.id AS asset, v.rule, v.type, v.score, v.won, v.because
FROM concluded_verdict v JOIN concluded_asset a ON a.row = v.asset;

-- Addresses that were asked and never spoke.
CREATE VIEW unanswered AS
SELECT u.address, u.protocols,
	(SELECT group_concat(a.id, ' ') FROM concluded_asker k JOIN concluded_asset a ON a.row = k.asset
		WHERE k.unanswered = u.row) AS asked_by
FROM concluded_unanswered u;
