CREATE TABLE capture (
	capture_id VARCHAR NOT NULL,
	visit_id VARCHAR NOT NULL,
	shot_id VARCHAR NOT NULL,
	plan_id VARCHAR NOT NULL,
	code_digest VARCHAR NOT NULL,
	record BLOB NOT NULL,
	record_sha256 VARCHAR NOT NULL,
	photo_sha256 VARCHAR NOT NULL,
	photo_bytes INTEGER NOT NULL,
	original_sha256 VARCHAR NOT NULL,
	original_bytes INTEGER NOT NULL,
	accepted_at VARCHAR NOT NULL,
	receipt VARCHAR,
	received_at VARCHAR,
	PRIMARY KEY (capture_id),
	UNIQUE (shot_id)
);

CREATE TABLE journal (
	seq INTEGER NOT NULL,
	at VARCHAR NOT NULL,
	clock_trusted BOOLEAN NOT NULL,
	boot_id VARCHAR NOT NULL,
	visit_id VARCHAR,
	event VARCHAR NOT NULL,
	body VARCHAR NOT NULL,
	previous VARCHAR NOT NULL,
	digest VARCHAR NOT NULL,
	signature VARCHAR NOT NULL,
	PRIMARY KEY (seq)
);

CREATE TABLE link (
	id INTEGER NOT NULL,
	online BOOLEAN,
	last_error VARCHAR,
	seen_at VARCHAR,
	beat FLOAT NOT NULL,
	boot_id VARCHAR NOT NULL,
	uploaded_bytes INTEGER NOT NULL,
	PRIMARY KEY (id)
);

CREATE TABLE note (
	name VARCHAR NOT NULL,
	body VARCHAR NOT NULL,
	PRIMARY KEY (name)
);

CREATE TABLE outbox (
	id INTEGER NOT NULL,
	capture_id VARCHAR NOT NULL,
	kind VARCHAR(8) NOT NULL,
	rank INTEGER NOT NULL,
	bytes INTEGER NOT NULL,
	state VARCHAR(7) NOT NULL,
	attempts INTEGER NOT NULL,
	due FLOAT NOT NULL,
	boot_id VARCHAR NOT NULL,
	lease_owner VARCHAR,
	lease_until FLOAT NOT NULL,
	last_error VARCHAR,
	upload_url VARCHAR,
	PRIMARY KEY (id),
	FOREIGN KEY(capture_id) REFERENCES capture (capture_id)
);

CREATE TABLE tries (
	code_digest VARCHAR NOT NULL,
	wrong INTEGER NOT NULL,
	last_wrong_at VARCHAR NOT NULL,
	PRIMARY KEY (code_digest)
);

CREATE TABLE visit (
	id INTEGER NOT NULL,
	visit_id VARCHAR NOT NULL,
	state VARCHAR NOT NULL,
	body VARCHAR NOT NULL,
	PRIMARY KEY (id)
);

CREATE INDEX ix_capture_code_digest ON capture (code_digest);

CREATE INDEX ix_capture_visit_id ON capture (visit_id);

CREATE INDEX ix_journal_visit_id ON journal (visit_id);

CREATE INDEX ix_outbox_capture_id ON outbox (capture_id);

CREATE INDEX ix_outbox_kind ON outbox (kind);

CREATE INDEX ix_outbox_state ON outbox (state);
