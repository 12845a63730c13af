/**
 * What Rollcall makes of the fields that it reads, by type or `Type.field`: what `kubectl explain` shows. Fields that are not
 * listed here are kept as they come.
 */
const selector = "Which pods: those that have all of these labels. An empty selector is none, and selects nothing.";
const given = "Given by the server.";

export const descriptions: Readonly<Record<string, string>> = {
  ObjectMeta: "What every object has: its name, its labels, and what the server notes of it.",
  "ObjectMeta.name": "Names the object among those of its kind and namespace. It cannot be changed.",
  "ObjectMeta.generateName": "A prefix: where no name is given, the server makes one of it and five letters.",
  "ObjectMeta.namespace": "The namespace that the object is in; the path that it is sent to says it too.",
  "ObjectMeta.labels": "What selectors choose by.",
  "ObjectMeta.annotations":
    "Notes. Those that begin with rollcall.dev/ are read: rollcall.dev/host and rollcall.dev/region of a pod say how and " +
    "from where it is probed, rollcall.dev/dns-ttl of a service says how long DNS answers may be kept.",
  "ObjectMeta.finalizers": "Who has to agree before the object goes: a deleted object stays until this list is empty.",
  "ObjectMeta.ownerReferences": "Whose object this is. Where the owner is deleted, the object goes with it.",
  "ObjectMeta.uid": `${given} Tells the object from an earlier one of the same name.`,
  "ObjectMeta.resourceVersion": `${given} Grows with every write of any object; a replacement that names an old one is a conflict.`,
  "ObjectMeta.generation": `${given} Counts the changes of spec.`,
  "ObjectMeta.creationTimestamp": `${given} When the object was created.`,
  "ObjectMeta.deletionTimestamp": `${given} When the object, which was deleted, will be gone.`,
  "ObjectMeta.managedFields": "Who wrote which fields, as server-side apply keeps account of it.",
  "ObjectMeta.deletionGracePeriodSeconds": `${given} How long the object stays after its deletion was asked for.`,
  OwnerReference: "An object of the same namespace that this one belongs to.",
  "OwnerReference.apiVersion": "The version of the owner's kind.",
  "OwnerReference.kind": "The owner's kind.",
  "OwnerReference.name": "The owner's name.",
  "OwnerReference.uid": "The owner's uid; an owner that does not exist here is dropped.",
  "OwnerReference.controller": "Whether the owner manages the object; at most one does.",

  Namespace: "A place for names. Deleting it deletes all that is in it.",
  "Namespace.status": "Whether the namespace is in use or going away.",
  "NamespaceStatus.phase": "Active, or Terminating while its contents are being deleted.",
  "NamespaceSpec.finalizers": `${given} Holds a deleted namespace until it is empty.`,
  "Namespace.spec": "What holds the namespace.",

  Pod:
    "Somewhere to send traffic: an address, and the probes that decide whether it is ready. Rollcall registers pods and probes " +
    "them; it does not start, restart or stop anything.",
  "Pod.spec": "What is to be probed, and how.",
  "Pod.status": "Where the pod is, which whoever registers it says, and whether it is ready, which Rollcall finds out.",
  "PodSpec.containers": "What runs in the pod. Their ports and readiness probes are what counts.",
  "PodSpec.initContainers":
    "Those with restartPolicy Always own ports, as the containers do; others are kept and ignored.",
  "PodSpec.nodeName":
    "Who decides about readiness: an edge node (the default: one is chosen) probes the pod; of a pod on a Node that somebody " +
    "else registered, readiness is what its status says.",
  "PodSpec.hostname": "The pod's own name in DNS below the service that subdomain names.",
  "PodSpec.subdomain": "The headless service under which hostname is a name in DNS.",
  "PodSpec.readinessGates":
    "Conditions that must be True besides, for the pod to be ready; others set them in its status.",
  "PodSpec.terminationGracePeriodSeconds":
    "How long a deleted pod stays listed as terminating. It receives no new traffic then.",
  "PodReadinessGate.conditionType": "The type of the condition in status.conditions.",
  "Container.name": "Names the container within the pod.",
  "Container.ports": "Ports, so that services and probes can call them by name.",
  "Container.readinessProbe":
    "Asked every period: while it fails, the pod receives no traffic. Without it, the container is ready.",
  "Container.startupProbe":
    "Asked first: until it has succeeded once, the container is not ready and its readiness probe waits.",
  "Container.livenessProbe": "Kept and ignored: Rollcall restarts nothing.",
  "Container.restartPolicy": "Always makes an init container a sidecar, whose ports count.",
  "ContainerPort.name": "What services and probes call the port.",
  "ContainerPort.containerPort": "The port's number.",
  "ContainerPort.protocol": "TCP (the default), UDP or SCTP.",
  Probe:
    "How to ask a container whether it is well, and how often. Exactly one of httpGet, tcpSocket, exec and grpc is given; exec " +
    "and grpc need an agent beside the pod, which does not exist yet.",
  "Probe.httpGet": "Ask by HTTP GET: a status from 200 to 399 is a success.",
  "Probe.tcpSocket": "Ask by opening a connection, which is a success by itself.",
  "Probe.exec": "Needs an agent beside the pod, which does not exist yet: the pod stays not ready.",
  "Probe.grpc": "Needs an agent beside the pod, which does not exist yet: the pod stays not ready.",
  "Probe.initialDelaySeconds": "How long after the container's start the first probe is due; 0 is the default.",
  "Probe.periodSeconds": "Seconds from one probe to the next; 10 is the default, 1 the least.",
  "Probe.timeoutSeconds": "Seconds until an answer counts as a failure; 1 is the default and the least.",
  "Probe.successThreshold": "How many successes in a row make a container that was not ready ready; 1 is the default.",
  "Probe.failureThreshold": "How many failures in a row make a ready container not ready; 3 is the default.",
  "HTTPGetAction.path": "The path to ask for, with its query; / is the default.",
  "HTTPGetAction.port": "A port's number, or the name of one of the container's ports.",
  "HTTPGetAction.host": "The host to connect to; the pod's IP is the default.",
  "HTTPGetAction.scheme": "HTTP (the default) or HTTPS, whose certificate is verified.",
  "HTTPGetAction.httpHeaders": "Headers to send; one named Host sets the host that is asked for.",
  "HTTPHeader.name": "The header's name.",
  "HTTPHeader.value": "The header's value.",
  "TCPSocketAction.port": "A port's number, or the name of one of the container's ports.",
  "TCPSocketAction.host": "The host to connect to; the pod's IP is the default.",
  "PodStatus.phase": "Running is the default. A pod that has Succeeded or Failed receives no traffic.",
  "PodStatus.podIP": "The pod's address, which DNS answers with. Whoever registers the pod says it.",
  "PodStatus.podIPs": "The pod's addresses, at most one per family; the first is podIP.",
  "PodStatus.conditions":
    "Ready and ContainersReady are found out by probing; others are kept, and read by readinessGates.",
  "PodStatus.containerStatuses": "Whether each container is ready, as found out by probing.",
  "PodStatus.startTime": `${given} When the pod was registered.`,
  "PodIP.ip": "An IPv4 or IPv6 address.",
  "PodCondition.type": "Ready, ContainersReady, or the name of a readiness gate.",
  "PodCondition.status": "True, False or Unknown.",
  "PodCondition.reason": "Why, in one word.",
  "PodCondition.message": "Why, for people.",
  "PodCondition.lastTransitionTime": "When status changed last.",
  "ContainerStatus.name": "The container's name.",
  "ContainerStatus.ready": "Whether the container's readiness probe says that it is ready.",
  "ContainerStatus.started": "Whether the container's startup probe has succeeded.",

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

  ReplicationController:
    "Counts the pods that its selector chooses, and lends its template to pods that register with the annotation " +
    "rollcall.dev/template. It starts no pods.",
  "ReplicationController.spec": "How many pods are meant to be there, and what they look like.",
  "ReplicationController.status": "How many pods there are, as counted by Rollcall.",
  "ReplicationControllerSpec.replicas":
    "How many pods are meant to be there; whoever starts pods reads it. 1 is the default.",
  "ReplicationControllerSpec.selector": selector,
  "ReplicationControllerSpec.template": "What a pod that registers from this template looks like.",
  "ReplicationControllerSpec.minReadySeconds": "How long a pod must have been ready to be counted as available.",
  "ReplicationControllerStatus.replicas": "How many pods there are.",
  "ReplicationControllerStatus.readyReplicas": "How many of them are ready.",
  "ReplicationControllerStatus.availableReplicas": "How many of them have been ready for minReadySeconds.",
  "ReplicationControllerStatus.fullyLabeledReplicas": "How many of them have all the labels of the template.",
  "ReplicationControllerStatus.observedGeneration": "The generation of spec that was counted for.",
  "PodTemplateSpec.metadata": "Labels and annotations of the pod.",
  "PodTemplateSpec.spec": "The pod's spec.",

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

  Node:
    "Who answers for the pods that name it: an edge node of Rollcall's, which probes them, or a node that was registered by " +
    "somebody else, who says by themselves which pods are ready.",
  "Node.spec": "Whether the node takes new pods.",
  "Node.status": "Of an edge node: whether it probes, and how much it can take on.",
  "NodeSpec.unschedulable": "Whether the node is cordoned.",
  "NodeStatus.conditions": "Ready says whether the node probes.",
  "NodeStatus.capacity": "How many pods and how much probing the node has room for.",
  "NodeStatus.allocatable": "How many pods and how much probing the node has room for.",

  Event: "Something that happened, told by Rollcall or by others.",
  "Event.involvedObject": "What it happened to.",
  "Event.reason": "What happened, in one word.",
  "Event.message": "What happened, for people.",
  "Event.type": "Normal or Warning.",
  "Event.count": "How often it happened.",
  "Event.firstTimestamp": "When it happened first.",
  "Event.lastTimestamp": "When it happened last.",

  Lease: "A claim that is renewed as long as it holds, as in leader election. Rollcall keeps it; its holders read it.",
  "Lease.spec": "Who holds the lease, and until when.",
  "LeaseSpec.holderIdentity": "Who holds the lease.",
  "LeaseSpec.leaseDurationSeconds": "How long others wait from renewTime before they take it.",
  "LeaseSpec.acquireTime": "When it was taken.",
  "LeaseSpec.renewTime": "When it was renewed last.",
  "LeaseSpec.leaseTransitions": "How often it has passed from one holder to another.",

  ServiceAccount:
    "A name that programs use the API by, with tokens of its own (kubectl create token). Deleting it ends its tokens.",
  TokenRequest: "Asks for a token of a service account. Nothing is stored.",
  "TokenRequest.spec": "Whom the token is for, and for how long it is good.",
  "TokenRequest.status": "The token.",
  "TokenRequestSpec.audiences":
    "Whom it is meant for: the API (rollcall) where nobody is named, or dns, which can ask DNS only.",
  "TokenRequestSpec.expirationSeconds": "For how long it is good: an hour by default, 600 seconds at least.",
  "TokenRequestStatus.token": "The token.",
  "TokenRequestStatus.expirationTimestamp": "When it is good no longer.",

  SelfSubjectAccessReview: "Asks whether the one who asks may do something. Until there is access control, they may.",
  "SelfSubjectAccessReview.spec": "What is asked for: a resource, or a path.",
  "SelfSubjectAccessReview.status": "The answer.",
  "SubjectAccessReviewStatus.allowed": "Whether it may be done.",
  SelfSubjectRulesReview:
    "Asks what the one who asks may do in a namespace. Until there is access control, that is everything.",
  "SelfSubjectRulesReview.spec": "The namespace.",
  "SelfSubjectRulesReview.status": "The answer.",
  "SelfSubjectRulesReviewSpec.namespace": "The namespace that is asked about.",
  SelfSubjectReview: "Asks who the one who asks is.",
  "SelfSubjectReview.status": "The answer.",
  "SelfSubjectReviewStatus.userInfo": "Who they are.",
  "UserInfo.username": "Their name.",
  "UserInfo.groups": "The groups that they belong to.",
};

/** What is said of every other field. */
export const keptDescription = "Rollcall keeps this as it comes, and ignores it.";
