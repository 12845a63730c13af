/** The labels that Endpoints and EndpointSlices take over from their service. Pure. */
import { endpointsController, endpointsManagedByLabel } from "../domain/endpoints.ts";
import { serviceNameLabel, sliceController, sliceManagedByLabel } from "../domain/endpoints.ts";
import { isHeadless, type Service } from "../domain/service.ts";

const headlessLabel = "service.kubernetes.io/headless";

export function endpointsLabels(service: Service): Record<string, string> {
  return takenOver(service, { [endpointsManagedByLabel]: endpointsController });
}

export function sliceLabels(service: Service): Record<string, string> {
  return takenOver(service, { [serviceNameLabel]: service.metadata.name, [sliceManagedByLabel]: sliceController });
}

/** All of the service's but those that the controller itself sets, or would. */
function takenOver(service: Service, own: Record<string, string>): Record<string, string> {
  const { [headlessLabel]: _, ...labels } = service.metadata.labels ?? {};
  return { ...labels, ...own, ...(isHeadless(service) ? { [headlessLabel]: "" } : {}) };
}
