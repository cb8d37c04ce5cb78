PRAGMA application_id = 1396856906;
PRAGMA user_version = 1;
CREATE TABLE meta (scope TEXT NOT NULL) STRICT;
CREATE TABLE owner (epoch INTEGER NOT NULL, pid INTEGER, host TEXT, since INTEGER) STRICT;
CREATE TABLE entries (
  seq INTEGER PRIMARY KEY,
  epoch INTEGER NOT NULL,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,
  v INTEGER NOT NULL,
  data TEXT NOT NULL
) STRICT;
CREATE TABLE batches (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL
) STRICT;
CREATE TABLE snapshots (seq INTEGER PRIMARY KEY, v INTEGER NOT NULL, data TEXT NOT NULL) STRICT;
INSERT INTO meta (scope) VALUES ('test');
INSERT INTO owner (epoch) VALUES (3);
INSERT INTO entries (seq, epoch, at, type, v, data) VALUES
  (1, 1, 1700000000001, 'tick', 1, '{"number":1}'),
  (2, 1, 1700000000002, 'tick', 1, '{"number":2,"text":"naïve 😀"}'),
  (3, 3, 1700000000003, 'tock', 2, 'null');
INSERT INTO batches (id, key, version) VALUES (1, 'a', 2), (2, 'b', 3);
INSERT INTO snapshots (seq, v, data) VALUES (2, 1, '{"sum":3}');
