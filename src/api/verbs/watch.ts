/** GET of a collection with `watch`: the changes as they happen, one JSON object a line. */
import { resourceAttributes, whyNotAllowed } from "../authorization.ts";
import type { Call, ResourcePath } from "../call.ts";
import { negotiate } from "../present/form.ts";
import { refuse } from "../present/respond.ts";
import { parseIncludeObject } from "../present/table.ts";
import { isSelected, parseSelection, readPage, type Selection } from "../read/selection.ts";
import { Refusal } from "../refusal.ts";
import { eventWriter } from "../watch/event-writer.ts";
import { parseWatchOptions, type WatchStart } from "../watch/watch-options.ts";
import { streamEvents, type Beginning } from "../watch/watch-stream.ts";

/**
 * Kept from being compressed, which would hold the events back until there are enough of them: by wrangler's and
 * Miniflare's imitation of the edge for the encoding's sake, by the edge for no-transform's.
 */
const headers = {
  "Content-Type": "application/json",
  "Content-Encoding": "identity",
  "Cache-Control": "no-cache, private, no-transform",
  "X-Content-Type-Options": "nosniff",
};

export async function watch(call: Call, accept: string): Promise<Response> {
  const form = negotiate(accept.replaceAll("PartialObjectMetadataList", "PartialObjectMetadata"), false);
  if (form instanceof Refusal) return refuse(form.reason);
  if (form.format !== "json") return refuse({ type: "not-acceptable", accepted: ["application/json"] });
  const includeObject = parseIncludeObject(call.query);
  if (includeObject instanceof Refusal) return refuse(includeObject.reason);
  const options = parseWatchOptions(call.query, () => call.deps.random());
  if (options instanceof Refusal) return refuse(options.reason);
  const selection = parseSelection(call.kind, call.namespace, call.query);
  if (selection instanceof Refusal) return refuse(selection.reason);
  if (!(await call.deps.mayWatch())) return refuse({ type: "too-many-requests", retryAfterSeconds: 10 });

  const attributes = resourceAttributes(pathOfCollection(call), call.request.method, call.query);
  const beginning = await readBeginning(call, options.start, selection);
  if (beginning instanceof Refusal) return refuse(beginning.reason);
  const stream = streamEvents({
    deps: call.deps,
    resource: call.kind.resource,
    namespace: call.namespace,
    beginning,
    options: { ...options, timeoutMs: timeLeftMs(call, options.timeoutMs) },
    whyNotAllowed: async (revision) => (await call.deps.recheck(revision)) ?? whyNotAllowed(call.deps, attributes),
    matches: (object) => isSelected(selection, object),
    write: eventWriter(call.kind, form, includeObject, () => call.deps.nowMs()),
    signal: call.request.signal,
  });
  return new Response(stream, { headers });
}

/** Nobody watches for longer than they are known. */
function timeLeftMs({ deps, nowMs }: Call, wantedMs: number): number {
  return Math.min(wantedMs, (deps.expiresMs ?? Number.POSITIVE_INFINITY) - nowMs);
}

function pathOfCollection({ kind: { group, version, plural }, namespace, name, subresource }: Call): ResourcePath {
  return { group, version, plural, namespace, name, subresource };
}

async function readBeginning(
  { deps, kind }: Call,
  start: WatchStart,
  selection: Selection,
): Promise<Beginning | Refusal> {
  switch (start.from) {
    case "revision":
      return { items: [], revision: start.revision };
    case "now": {
      const { revision } = await deps.registry.list(kind.resource, { limit: 1 });
      return { items: [], revision };
    }
    case "state": {
      const page = await readPage(deps.registry, kind.resource, selection);
      if (start.atLeast <= page.revision) return page;
      return new Refusal({ type: "resource-version-too-large", asked: start.atLeast, current: page.revision });
    }
  }
}
