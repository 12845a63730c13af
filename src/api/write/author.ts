/**
 * Who a write is attributed to in managedFields.
 * Source: k8s.io/apiserver, pkg/endpoints/handlers/create.go (managerOrUserAgent).
 */
import { toTimestamp } from "../../domain/object.ts";
import type { Call } from "../call.ts";
import type { Author } from "../fields/managers.ts";
import { apiVersionOf } from "../kinds/kind.ts";
import { maxFieldManagerBytes, unprintable, type WriteOptions } from "../options.ts";

export function authorOf(call: Call, { fieldManager }: WriteOptions, operation: Author["operation"]): Author {
  return {
    name: fieldManager || fromUserAgent(call.request.headers.get("User-Agent") ?? "") || "unknown",
    operation,
    apiVersion: apiVersionOf(call.kind),
    subresource: call.subresource,
    time: toTimestamp(call.nowMs),
  };
}

/** `kubectl` of `kubectl/v1.32.0 (linux/amd64) kubernetes/70d3cc9`. A header holds one octet per character. */
function fromUserAgent(header: string): string {
  const [program = ""] = header.split("/");
  return program.replaceAll(new RegExp(unprintable, "gu"), "").slice(0, maxFieldManagerBytes);
}
