/** What every object has. */
import { given } from "./phrases.ts";

export const metadataDescriptions = {
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
} as const;
