/**
 * The folder holds every SQL statement of the registry; nothing else in the tree says SELECT.
 *
 * Joins are CROSS JOINs, which SQLite carries out in the order that they are written: from the few rows to the many.
 * Left to itself, without statistics, it has begun with all pods of a namespace.
 */

/** The newest revision. */
export const head = "(SELECT max(revision) FROM log)";
