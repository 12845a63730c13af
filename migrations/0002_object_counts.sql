-- How many objects of a resource a namespace holds, for quotas: kept by the writes themselves, so that a creation counts
-- nothing. Code from before this migration does not keep it; a creation that it would refuse counts anew first.
CREATE TABLE object_counts (
  resource TEXT NOT NULL,
  namespace TEXT NOT NULL,
  objects INTEGER NOT NULL,
  PRIMARY KEY (resource, namespace)
) WITHOUT ROWID;

INSERT INTO object_counts (resource, namespace, objects)
SELECT resource, namespace, count(*) FROM objects WHERE namespace <> '' GROUP BY resource, namespace;
