/** The schema of the state store, as steps. A step that was released is never edited: a change is a new step. */

const LISTS = `
CREATE TABLE spool (
  sequence INTEGER PRIMARY KEY,
  payload TEXT NOT NULL,
  readings INTEGER NOT NULL,
  bytes INTEGER NOT NULL
);
CREATE TABLE rule_state (
  id TEXT PRIMARY KEY,
  covers_spool INTEGER NOT NULL,
  body TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE dirty_hour (
  repository TEXT NOT NULL,
  sensor TEXT NOT NULL,
  metric TEXT NOT NULL,
  hour INTEGER NOT NULL,
  PRIMARY KEY (repository, sensor, metric, hour)
) WITHOUT ROWID;
CREATE TABLE journal (
  repository TEXT NOT NULL,
  sequence INTEGER NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (repository, sequence)
) WITHOUT ROWID;
CREATE INDEX journal_at ON journal (at);
CREATE TABLE fact (id TEXT PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
`;

const ALARMS = `
CREATE TABLE alarm (
  id TEXT PRIMARY KEY,
  repository TEXT NOT NULL,
  room TEXT,
  raised_at INTEGER NOT NULL,
  closed_at INTEGER,
  body TEXT NOT NULL
);
CREATE INDEX alarm_open ON alarm (repository) WHERE closed_at IS NULL;
CREATE INDEX alarm_raised ON alarm (repository, raised_at);
CREATE TABLE alarm_transition (
  id TEXT PRIMARY KEY,
  alarm TEXT NOT NULL,
  repository TEXT NOT NULL,
  at INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX alarm_transition_alarm ON alarm_transition (alarm);
CREATE INDEX alarm_transition_at ON alarm_transition (repository, at);
CREATE TABLE incident (
  id TEXT PRIMARY KEY,
  repository TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  closed_at INTEGER,
  body TEXT NOT NULL
);
CREATE INDEX incident_opened ON incident (repository, opened_at);
CREATE TABLE access_event (
  id TEXT PRIMARY KEY,
  repository TEXT NOT NULL,
  room TEXT NOT NULL,
  door TEXT NOT NULL,
  person TEXT,
  at INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX access_event_at ON access_event (repository, at);
CREATE TABLE outbox (
  key TEXT PRIMARY KEY,
  alarm TEXT,
  incident TEXT,
  pending INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX outbox_pending ON outbox (pending) WHERE pending = 1;
CREATE INDEX outbox_alarm ON outbox (alarm);
CREATE INDEX outbox_incident ON outbox (incident);
CREATE TABLE quarantine (
  id TEXT PRIMARY KEY,
  repository TEXT,
  at INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX quarantine_at ON quarantine (at);
`;

const KNOWLEDGE_AND_PEOPLE = `
CREATE TABLE limit_change (id TEXT PRIMARY KEY, repository TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE assessment (
  id TEXT PRIMARY KEY,
  repository TEXT NOT NULL,
  made_at INTEGER NOT NULL,
  body TEXT NOT NULL
);
CREATE INDEX assessment_made ON assessment (repository, made_at);
CREATE TABLE assessment_draft (id TEXT PRIMARY KEY, repository TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE account (name TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE session (id TEXT PRIMARY KEY, account TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX session_account ON session (account);
CREATE TABLE token (id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE repository (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE room (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE device (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE sensor (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE door (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE holding (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE person (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
`;

const DEVICES = `
CREATE TABLE profile_use (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE calibration (id TEXT PRIMARY KEY, repository TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE own_profile (id TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE device_credential (id TEXT PRIMARY KEY, repository TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
`;

const SPOOL_SERIES = `
CREATE TABLE spool_series (
  number INTEGER PRIMARY KEY,
  repository TEXT NOT NULL,
  room TEXT NOT NULL,
  sensor TEXT NOT NULL,
  metric TEXT NOT NULL
);
`;

const FOUND_DEVICES = `
CREATE TABLE unknown_device (id TEXT PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE device_list (topic TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID;
`;

const STANDARDS = `
CREATE TABLE standards_choice (id TEXT PRIMARY KEY, repository TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
`;

const DUTY = `
CREATE TABLE handover (id TEXT PRIMARY KEY, repository TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX handover_at ON handover (repository, at);
CREATE TABLE out_of_service (id TEXT PRIMARY KEY, repository TEXT NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
`;

// A snapshot is written in pieces: the rows of the one before it stay until it is whole.
const SNAPSHOTS_IN_PIECES = `
CREATE TABLE rule_state_of (
  id TEXT NOT NULL,
  covers_spool INTEGER NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (id, covers_spool)
) WITHOUT ROWID;
INSERT INTO rule_state_of SELECT id, covers_spool, body FROM rule_state;
DROP TABLE rule_state;
ALTER TABLE rule_state_of RENAME TO rule_state;
`;

/** In order; `PRAGMA user_version` is how many were taken. */
export const MIGRATIONS: readonly string[] = [
  LISTS + ALARMS + KNOWLEDGE_AND_PEOPLE,
  DEVICES,
  SPOOL_SERIES,
  FOUND_DEVICES,
  STANDARDS,
  DUTY,
  SNAPSHOTS_IN_PIECES,
];
