-- After an old copy of the registry has taken the place of the present one: a new epoch, so that whatever was derived
-- from what is gone is dropped, and revisions beyond all that were ever given out, so that no resourceVersion means two
-- things. Watches from before are too old and list again; everybody is pending, and the next sweep wakes them.
-- It may be run again. How to use it: docs/backup.md.

-- A log row far behind the last one, whichever that was before: no registry writes a billion times between two copies.
INSERT INTO log (revision, previous, resource, namespace, name, uid, change, manifest)
SELECT (SELECT max(revision) FROM log) + 1000000000, revision, resource, namespace, name, uid, 'MODIFIED', manifest
FROM objects WHERE resource = 'namespaces' ORDER BY name LIMIT 1;

UPDATE objects SET revision = (SELECT max(revision) FROM log)
WHERE resource = 'namespaces' AND uid = (SELECT uid FROM log ORDER BY revision DESC LIMIT 1);

UPDATE registry SET
  epoch = lower(hex(randomblob(16))),
  catalogue_revision = (SELECT max(revision) FROM log),
  compacted_revision = (SELECT max(revision) FROM log);

INSERT OR REPLACE INTO pending (kind, target, revision)
SELECT 'service', namespace || '/' || name, (SELECT max(revision) FROM log) FROM objects WHERE resource = 'services'
UNION ALL
SELECT 'replicationcontroller', namespace || '/' || name, (SELECT max(revision) FROM log)
FROM objects WHERE resource = 'replicationcontrollers'
UNION ALL
SELECT 'prober', name, (SELECT max(revision) FROM log) FROM probers;
