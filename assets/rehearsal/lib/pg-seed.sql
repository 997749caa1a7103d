-- The MazeVault database of the rehearsal: its tables, two bloated indexes, and tables with dead rows.
SET client_min_messages = warning;
CREATE ROLE mazevault LOGIN;
CREATE DATABASE mazevault OWNER mazevault TEMPLATE template0;
\connect mazevault
SET client_min_messages = warning;
SELECT setseed(0.5);
CREATE EXTENSION pgstattuple;

CREATE TABLE schema_migrations (version integer PRIMARY KEY, dirty boolean NOT NULL);
INSERT INTO schema_migrations VALUES (46, false);

CREATE TABLE users (id bigint PRIMARY KEY, name text NOT NULL UNIQUE);
INSERT INTO users SELECT i, 'user-' || i FROM generate_series(1, 164) AS i;

CREATE TABLE agents (id bigint PRIMARY KEY, host text NOT NULL, version text NOT NULL, last_heartbeat timestamptz NOT NULL);
INSERT INTO agents SELECT i, 'agent-' || i || '.example.com', '1.0.15', now() - make_interval(secs => i) FROM generate_series(1, 40) AS i;

CREATE TABLE jobs (number integer PRIMARY KEY, name text NOT NULL, last_end timestamptz);
INSERT INTO jobs SELECT i, 'job-' || i, now() - make_interval(mins => i) FROM generate_series(1, 20) AS i;

CREATE TABLE certificates (id bigint PRIMARY KEY, serial text NOT NULL, subject text NOT NULL, not_after timestamptz NOT NULL);
INSERT INTO certificates
SELECT i, md5(i::text), 'CN=service-' || i || '.example.com', now() + make_interval(days => i % 397) FROM generate_series(1, 7261) AS i;

CREATE TABLE secrets (
  id bigint PRIMARY KEY, path text NOT NULL, ciphertext text NOT NULL, key_version integer NOT NULL, updated_at timestamptz NOT NULL
);
INSERT INTO secrets
SELECT i, 'kv/team-' || i % 97 || '/secret-' || i, 'v7:' || md5(i::text) || md5((i + 1)::text), 6, now() - make_interval(hours => 1 + i % 7200)
FROM generate_series(1, 18422) AS i;
CREATE INDEX secrets_path_idx ON secrets (path);

CREATE TABLE audit_events (
  id bigint PRIMARY KEY, occurred_at timestamptz NOT NULL, actor text NOT NULL, action text NOT NULL, resource text NOT NULL
);
INSERT INTO audit_events
SELECT i, now() - make_interval(mins => 30, secs => (60000 - i) * 20), 'user-' || i % 164, 'secret.read', 'kv/team-' || i % 97 || '/secret-' || i % 18422
FROM generate_series(1, 60000) AS i;
CREATE INDEX audit_events_actor_idx ON audit_events (actor, occurred_at);
CREATE INDEX audit_events_resource_idx ON audit_events (resource, occurred_at);

-- What a retention of rows at random leaves behind: pages that are three quarters empty.
DELETE FROM audit_events WHERE random() < 0.75 AND id < 59500;
VACUUM audit_events;
-- And rows that are dead until somebody vacuums.
UPDATE secrets SET key_version = 7 WHERE id % 3 = 0;
UPDATE audit_events SET action = 'secret.list' WHERE id % 7 = 0;
ANALYZE;
ALTER TABLE schema_migrations OWNER TO mazevault;
ALTER TABLE users OWNER TO mazevault;
ALTER TABLE agents OWNER TO mazevault;
ALTER TABLE jobs OWNER TO mazevault;
ALTER TABLE certificates OWNER TO mazevault;
ALTER TABLE secrets OWNER TO mazevault;
ALTER TABLE audit_events OWNER TO mazevault;
