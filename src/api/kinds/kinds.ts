/** The kinds that the API serves. Another kind is another line here, and a file beside this one. */
import { endpointSliceKind } from "./endpoint-slice.ts";
import { endpointsKind } from "./endpoints.ts";
import { apiVersionOf, type Kind } from "./kind.ts";
import { namespaceKind } from "./namespace.ts";
import { nodeKind } from "./node.ts";
import { podKind } from "./pod/pod.ts";
import { serviceKind } from "./service/service.ts";

export const kinds: readonly Kind[] = [namespaceKind, nodeKind, podKind, serviceKind, endpointsKind, endpointSliceKind];

export function kindNamed(apiVersion: string, name: string): Kind | undefined {
  return kinds.find((kind) => kind.kind === name && apiVersionOf(kind) === apiVersion);
}
