/** Services and what is published of them. */
import { selector } from "./phrases.ts";

export const serviceDescriptions = {
  Service: "A name in DNS for the pods that its selector chooses and that are ready.",
  "Service.spec": "Which pods, and how they are reached.",
  "ServiceSpec.type":
    "ClusterIP (the default), NodePort, LoadBalancer, or ExternalName, which is an alias for another name.",
  "ServiceSpec.selector": selector,
  "ServiceSpec.ports": "The service's ports; several need a name each, which SRV records have.",
  "ServiceSpec.clusterIP":
    "The address that DNS answers with. Chosen by the server; None makes the service headless: DNS answers with the addresses of " +
    "the ready pods.",
  "ServiceSpec.clusterIPs": "The addresses, at most one per family; the first is clusterIP.",
  "ServiceSpec.ipFamilies": "IPv4, IPv6 or both, the preferred one first.",
  "ServiceSpec.ipFamilyPolicy": "SingleStack (the default), PreferDualStack or RequireDualStack.",
  "ServiceSpec.externalName": "Of an ExternalName service: the name that DNS answers with, as CNAME.",
  "ServiceSpec.publishNotReadyAddresses": "Whether pods that are not ready are listed and answered as if they were.",
  "ServiceSpec.trafficDistribution": "PreferClose and the like: hints in EndpointSlices for those who route.",
  "ServicePort.name": "The port's name, as in SRV records.",
  "ServicePort.protocol": "TCP (the default), UDP or SCTP.",
  "ServicePort.port": "The port's number at the service's own address.",
  "ServicePort.targetPort":
    "The port of the pods, by number or by the name that each pod's containers give it; port is the default.",
  "ServicePort.appProtocol": "What is spoken there; passed on to EndpointSlices.",

  Endpoints:
    "The addresses behind a service: written by Rollcall for services with a selector, by hand for those without.",
  "Endpoints.subsets": "Addresses that have the same ports.",
  "EndpointSubset.addresses": "Addresses that are ready.",
  "EndpointSubset.notReadyAddresses": "Addresses that are not ready.",
  "EndpointSubset.ports": "The ports of all of these addresses.",
  "EndpointAddress.ip": "The address.",
  "EndpointAddress.hostname": "A name of its own in DNS, below the service's.",
  "EndpointAddress.nodeName": "The pod's node.",
  "EndpointAddress.targetRef": "The pod.",
  "EndpointPort.name": "The name of the service's port.",
  "EndpointPort.port": "The port's number.",
  "EndpointPort.protocol": "TCP (the default), UDP or SCTP.",
  "EndpointPort.appProtocol": "What is spoken there.",

  EndpointSlice: "Some of the addresses behind a service, of one family and with the same ports.",
  "EndpointSlice.addressType": "IPv4 or IPv6. It cannot be changed.",
  "EndpointSlice.endpoints": "The addresses, with their conditions.",
  "EndpointSlice.ports": "The ports of all of these addresses.",
  "Endpoint.addresses": "The endpoint's address.",
  "Endpoint.conditions": "Whether the endpoint may receive traffic.",
  "Endpoint.hostname": "A name of its own in DNS, below the service's.",
  "Endpoint.nodeName": "The pod's node.",
  "Endpoint.targetRef": "The pod.",
  "Endpoint.zone": "The zone of the pod's node.",
  "Endpoint.hints": "Whose traffic should go here first, for those who route.",
  "EndpointConditions.ready": "Whether new traffic should go there.",
  "EndpointConditions.serving": "Whether the pod is ready, even while it terminates.",
  "EndpointConditions.terminating": "Whether the pod is being deleted.",
  "discovery.EndpointPort.name": "The name of the service's port.",
  "discovery.EndpointPort.port": "The port's number.",
  "discovery.EndpointPort.protocol": "TCP (the default), UDP or SCTP.",
  "discovery.EndpointPort.appProtocol": "What is spoken there.",
} as const;
