/**
 * Watch events as lines of JSON, in the form that the client asked for. In a Table, the columns are described once.
 * Source: "Kubernetes API Concepts", Receiving resources as Tables; meta/v1 WatchEvent.
 */
import type { KubeObject } from "../../domain/object.ts";
import { apiVersionOf, type Kind } from "../kinds/kind.ts";
import type { Form } from "../present/form.ts";
import { toPartialMetadata } from "../present/partial-metadata.ts";
import { toTable, type IncludeObject } from "../present/table.ts";
import type { WatchEvent } from "./watch-events.ts";

/** Marks the bookmark behind the last object of a streamed list. */
const initialEventsEnd = { annotations: { "k8s.io/initial-events-end": "true" } };

export function eventWriter(
  kind: Kind,
  form: Form,
  includeObject: IncludeObject,
  nowMs: () => number,
): (event: WatchEvent) => Uint8Array {
  const encoder = new TextEncoder();
  let describesColumns = true;
  const inForm = (object: KubeObject): object => {
    switch (form.as) {
      case "itself":
        return object;
      case "metadata":
        return toPartialMetadata(object, form.apiVersion);
      case "table": {
        const meta = { resourceVersion: object.metadata.resourceVersion };
        const table = toTable(kind, [object], meta, { apiVersion: form.apiVersion, includeObject, nowMs: nowMs() });
        const shown = describesColumns ? table : { ...table, columnDefinitions: null };
        describesColumns = false;
        return shown;
      }
    }
  };
  return (event) =>
    encoder.encode(`${JSON.stringify({ type: event.type, object: objectOf(event, kind, form, inForm) })}\n`);
}

function objectOf(event: WatchEvent, kind: Kind, form: Form, inForm: (object: KubeObject) => object): object {
  switch (event.type) {
    case "ERROR":
      return event.status;
    case "BOOKMARK": {
      const metadata = { resourceVersion: String(event.revision), creationTimestamp: null };
      const marked = event.endsInitial ? { ...metadata, ...initialEventsEnd } : metadata;
      if (form.as === "table") {
        return { kind: "Table", apiVersion: form.apiVersion, metadata: marked, columnDefinitions: null, rows: [] };
      }
      if (form.as === "metadata") {
        return { kind: "PartialObjectMetadata", apiVersion: form.apiVersion, metadata: marked };
      }
      return { kind: kind.kind, apiVersion: apiVersionOf(kind), metadata: marked };
    }
    case "ADDED":
    case "MODIFIED":
    case "DELETED":
      return inForm(event.object);
  }
}
