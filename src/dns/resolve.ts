/**
 * A question to its answer: find what stands at the name, follow aliases within our zones, pick the type asked for.
 * No I/O but through the lookup.
 */
import type { Answer } from "./answer.ts";
import { findPlace } from "./find-place.ts";
import type { Lookup } from "./lookup.ts";
import { recordKinds, type Place } from "./place.ts";
import { parseQuestion, type QuestionInZone } from "./question.ts";
import { soaOf } from "./soa.ts";
import { Type } from "./wire/codes.ts";
import { internetRecord, type Rdata, type ResourceRecord } from "./wire/message.ts";
import { isSameName, type Name } from "./wire/name.ts";
import type { Zone } from "./zones.ts";

/** How many aliases are followed; CoreDNS stops there too. */
const mostAliases = 10;

/** `name` is in lower case, and `question` is what it parses to. */
export async function resolve(
  name: Name,
  question: QuestionInZone,
  type: number,
  lookup: Lookup,
): Promise<Answer | { kind: "stale" }> {
  const aliases: ResourceRecord[] = [];
  for (let owner = name, asked = question; ;) {
    const place = await findPlace(asked, lookup);
    if (place.kind !== "alias") return answerAt(place, { owner, type, zone: asked.zone, aliases }, lookup);
    const { target, ttlSeconds } = place;
    aliases.push(internetRecord(owner, ttlSeconds, { kind: "CNAME", target }));
    const next = parseQuestion(target, lookup.config.zones);
    const isAnswered = type === Type.CNAME || type === Type.ANY;
    // The rest of a loop is for the client to follow: its aliases are given once.
    if (isAnswered || aliases.length === mostAliases || aliases.some((alias) => isSameName(alias.name, target))) {
      return { kind: "found", answers: aliases, additional: [] };
    }
    if (next.kind === "outside") return answerElsewhere(target, type, aliases, lookup);
    owner = target;
    asked = next;
  }
}

/** A target elsewhere is for the client to follow, unless there is an upstream (dns.md K43). */
async function answerElsewhere(target: Name, type: number, aliases: ResourceRecord[], lookup: Lookup): Promise<Answer> {
  const outcome = await lookup.relay(target, type);
  switch (outcome.kind) {
    case "nobody-to-ask":
      return { kind: "found", answers: aliases, additional: [] };
    case "unavailable":
      return outcome;
    case "relayed": {
      const { rcode, answers, authority } = outcome.relayed;
      // The first name is ours to speak of, and it is not signed.
      const header = { authoritative: true, authenticData: false };
      return { kind: "relayed", rcode, ...header, answers: [...aliases, ...answers], authority };
    }
  }
}

/** What is asked for at the end of the aliases. */
interface Asked {
  owner: Name;
  type: number;
  zone: Zone;
  aliases: ResourceRecord[];
}

function answerAt(place: Exclude<Place, { kind: "alias" }>, asked: Asked, lookup: Lookup): Answer | { kind: "stale" } {
  const { owner, type, zone, aliases } = asked;
  switch (place.kind) {
    case "name": {
      const data = dataOf(place, type);
      if (data.length === 0) {
        const soa = soaRecord(zone, place.denialTtlSeconds ?? place.ttlSeconds, lookup);
        return { kind: "no-data", answers: aliases, soa };
      }
      const answers = [...aliases, ...data.map((item) => internetRecord(owner, place.ttlSeconds, item))];
      const pointsToNames = type === Type.SRV || type === Type.NS;
      return { kind: "found", answers, additional: pointsToNames && place.glue ? place.glue() : [] };
    }
    case "nothing":
      return { kind: "no-such-name", answers: aliases, soa: soaRecord(zone, place.ttlSeconds, lookup) };
    case "stale":
    case "unavailable":
      return place;
  }
}

/** ANY gets one RRset of the name (RFC 8482 §4.1). */
function dataOf(place: Place & { kind: "name" }, type: number): readonly Rdata[] {
  for (const kind of recordKinds) {
    if (type !== Type.ANY && type !== Type[kind]) continue;
    const data = place.records[kind]?.() ?? [];
    if (data.length > 0) return data;
  }
  return [];
}

function soaRecord(zone: Zone, ttlSeconds: number, lookup: Lookup): ResourceRecord {
  return internetRecord(zone.name, ttlSeconds, soaOf(zone, lookup.serial, ttlSeconds));
}
