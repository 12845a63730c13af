/** The labels that Endpoints and EndpointSlices take over from their service. */
import { endpointsManagedByLabel, serviceNameLabel, sliceManagedByLabel } from "../domain/endpoints.ts";
import { isHeadless, type Service } from "../domain/service.ts";
import { withoutKeys } from "./planned-write.ts";

const headlessLabel = "service.kubernetes.io/headless";

/** All of them but those that are the controllers' to set. */
export function serviceLabels(service: Service): Record<string, string> {
  const reserved = [serviceNameLabel, sliceManagedByLabel, headlessLabel, endpointsManagedByLabel];
  return {
    ...withoutKeys(service.metadata.labels, reserved),
    ...(isHeadless(service) ? { [headlessLabel]: "" } : {}),
  };
}
