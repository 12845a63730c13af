/**
 * A DNS message in, a DNS message out: what an isolate keeps, and the order in which it is asked. Holds no connection
 * and no timer of its own; one instance serves all requests of an isolate.
 */
import type { ServiceKey } from "../domain/service.ts";
import type { Answer } from "./answer.ts";
import { AnswerCache, type CacheLimits } from "./answer-cache.ts";
import { Catalogue } from "./catalogue.ts";
import { CatalogueReader } from "./catalogue-reader.ts";
import { anyone, type Asker, type DnsConfig, type DnsDeps } from "./deps.ts";
import { needsCatalogue } from "./find-place.ts";
import type { AsOf, KeptConditions } from "../domain/kept.ts";
import { KeptReads } from "./kept-reads.ts";
import { LastKnown } from "./last-known.ts";
import { Lookup } from "./lookup.ts";
import { prepareAnswer, remainingSeconds, type PreparedAnswer } from "./prepared-answer.ts";
import { parseQuestion, type QuestionInZone } from "./question.ts";
import { isForOthers } from "./relayed.ts";
import { refusalOf } from "./refusal.ts";
import { resolve } from "./resolve.ts";
import { Upstream } from "./upstream.ts";
import { Rcode, Type } from "./wire/codes.ts";
import { nameOfWireName, type Name } from "./wire/name.ts";
import { decodeQuery, type Query } from "./wire/query.ts";
import { writeHeaderReply, writeReply } from "./write-reply.ts";

export type Reply =
  | {
      kind: "reply";
      octets: Uint8Array<ArrayBuffer>;
      /** Seconds that it may be kept; undefined when nothing says so. */
      maxAgeSeconds: number | undefined;
      /** Whether nobody else may be given it. */
      isPersonal: boolean;
    }
  /** Too short to hold an ID that a reply could go to. */
  | { kind: "no-message" };

/** What became of a question, and as of when that is true, if it is not of now. */
interface Resolved {
  answer: Answer;
  asOfMs?: number;
  /** What was looked at of our own. */
  lookup?: Lookup;
}

const defaultCacheLimits: CacheLimits = { entries: 4096, octets: 8 * 1024 * 1024 };
const askTimeoutMs = 3000;
const waitTimeoutMs = 1000;

export class DnsServer {
  readonly #config: DnsConfig;
  readonly #deps: DnsDeps;
  readonly #answers: AnswerCache;
  readonly #lastKnown: LastKnown;
  readonly #catalogue: CatalogueReader;
  readonly #reads: KeptReads;
  readonly #upstream: Upstream | undefined;
  /** Moves when something was forgotten: what was under way then is no longer worth keeping. */
  #generation = 0;

  constructor(config: DnsConfig, deps: DnsDeps, cacheLimits: CacheLimits = defaultCacheLimits) {
    const conditions: KeptConditions = {
      askTimeoutMs,
      waitTimeoutMs,
      nowMs: () => deps.nowMs(),
      waitUntil: (promise) => deps.waitUntil(promise),
      reportFailure: (what, error) => deps.reportFailure(what, error),
    };
    this.#config = config;
    this.#deps = deps;
    this.#answers = new AnswerCache(cacheLimits);
    this.#lastKnown = new LastKnown(config.staleSeconds, cacheLimits);
    this.#catalogue = new CatalogueReader(deps, config.ttlSeconds, conditions);
    this.#reads = new KeptReads(deps, conditions);
    this.#upstream =
      config.upstreamUrl === undefined
        ? undefined
        : new Upstream(config.upstreamUrl, { ...conditions, fetch: (url, init) => deps.fetch(url, init) });
  }

  /** At once when the answer is kept: a promise for each query would be work for nothing. */
  answer(message: Uint8Array, asker: Asker = anyone): Reply | Promise<Reply> {
    const query = decodeQuery(message);
    switch (query.kind) {
      case "no-header":
        return { kind: "no-message" };
      case "unreadable": {
        const octets = writeHeaderReply(query.octets, query.opcode === 0 ? Rcode.formErr : Rcode.notImp);
        return { kind: "reply", octets, maxAgeSeconds: undefined, isPersonal: false };
      }
      case "query":
        return this.#answerQuery(query, asker);
    }
  }

  /**
   * After a write in this isolate: nothing that was known of these services, of addresses, or of which names exist is
   * used again. Other isolates learn of it within one TTL.
   */
  forget(services: readonly ServiceKey[]): void {
    this.#generation++;
    this.#answers.forget(services);
    this.#lastKnown.forget(services);
    this.#reads.forgetLists(services);
    this.#reads.forgetAddresses();
    this.#catalogue.forget();
  }

  #answerQuery(query: Query, asker: Asker): Reply | Promise<Reply> {
    const refusal = refusalOf(query);
    if (refusal !== undefined) return this.#reply(query, this.#prepare(query, refusal, this.#deps.nowMs()), asker);
    // Nothing is signed, so the DO bit changes the OPT record alone, and that is written for each reply. A name in
    // wire form says where it ends, so the parts of the key cannot run into each other.
    const key = `${query.wireName}${query.type} ${asker.rights.key}`;
    const kept = this.#answers.get(key, this.#deps.nowMs());
    return kept === undefined ? this.#answerAnew(query, asker, key) : this.#reply(query, kept, asker);
  }

  async #answerAnew(query: Query, asker: Asker, key: string): Promise<Reply> {
    const generation = this.#generation;
    const { answer, asOfMs, lookup } = await this.#resolve(query, asker);
    const last = answer.kind === "unavailable" ? this.#lastKnown.recall(key, this.#deps.nowMs()) : undefined;
    if (last !== undefined) return this.#reply(query, last, asker);
    const prepared = this.#prepare(query, answer, asOfMs ?? this.#deps.nowMs());
    if (lookup !== undefined && isWorthKeeping(query.type, answer, lookup) && generation === this.#generation) {
      this.#answers.keep(key, prepared, lookup.services);
      this.#lastKnown.remember(key, prepared, lookup.services);
    }
    return this.#reply(query, prepared, asker, lookup?.isPersonal);
  }

  #prepare(query: Query, answer: Answer, asOfMs: number): PreparedAnswer {
    return prepareAnswer(query, answer, { asOfMs, recursionAvailable: this.#upstream !== undefined });
  }

  #reply(query: Query, prepared: PreparedAnswer, { rights }: Asker, isChosen = false): Reply {
    const nowMs = this.#deps.nowMs();
    const octets = writeReply(prepared, query, nowMs, this.#deps.random());
    const isPersonal = isChosen || !rights.areEverybodys;
    return { kind: "reply", octets, maxAgeSeconds: remainingSeconds(prepared, nowMs), isPersonal };
  }

  async #resolve(query: Query, asker: Asker): Promise<Resolved> {
    const name = nameOfWireName(query.wireName);
    const question = parseQuestion(name, this.#config.zones);
    if (question.kind === "outside") return this.#askOthers(query, name);
    const { recursionDesired } = query;
    const random = (): number => this.#deps.random();
    const circumstances = { nowMs: this.#deps.nowMs(), random, upstream: this.#upstream, recursionDesired };
    for (;;) {
      const catalogue = await this.#catalogueFor(question);
      if (catalogue === undefined) return { answer: { kind: "unavailable" } };
      const lookup = new Lookup(this.#config, catalogue, this.#reads, asker, circumstances);
      const answer = await resolve(name, question, query.type, lookup);
      if (answer.kind !== "stale") return { answer, asOfMs: lookup.asOfMs, lookup };
      // The catalogue may be behind what a service's object knows, or the list that is kept of it.
      this.#reads.forgetLists(lookup.services);
      if (!this.#catalogue.doubt()) return { answer: { kind: "unavailable" } };
    }
  }

  /** Names in none of our zones: refused, unless there is an upstream and the client wants it to be asked. */
  async #askOthers(query: Query, name: Name): Promise<Resolved> {
    const { type, recursionDesired, authenticData, checkingDisabled, edns } = query;
    const isRelayed = recursionDesired && isForOthers(name, type);
    if (this.#upstream === undefined || !isRelayed) return { answer: { kind: "refused" } };
    const dnssecOk = edns?.dnssecOk ?? false;
    const relayed = await this.#upstream.resolve({ name, type, dnssecOk, authenticData, checkingDisabled });
    if (relayed === undefined) return { answer: { kind: "unavailable" } };
    return { answer: { kind: "relayed", authoritative: false, ...relayed.value }, asOfMs: relayed.asOfMs };
  }

  /** What needs no catalogue is answered without one (dns.md K52), under the last serial that is known. */
  async #catalogueFor(question: QuestionInZone): Promise<AsOf<Catalogue> | undefined> {
    const current = await this.#catalogue.current();
    if (current !== undefined || needsCatalogue(question)) return current;
    const catalogueRevision = this.#catalogue.newest?.revision ?? 0;
    const nothing = new Catalogue({ catalogueRevision, namespaces: [], services: [] }, this.#config.ttlSeconds);
    return { value: nothing, asOfMs: this.#deps.nowMs() };
  }
}

/** What clients ask for. Of other types there are 65,000, and all of them together must not push these out. */
const keptTypes: ReadonlySet<number> = new Set([Type.A, Type.AAAA, Type.SRV, Type.HTTPS, Type.CNAME]);

/**
 * Kept are answers that needed a service to be looked at. Denials cost no I/O, and there is no end of them, nor of names
 * that choose.
 */
function isWorthKeeping(type: number, answer: Answer, lookup: Lookup): boolean {
  const exists = answer.kind === "found" || answer.kind === "no-data" || answer.kind === "relayed";
  return keptTypes.has(type) && exists && lookup.services.length > 0 && !lookup.lookedAtAddresses && !lookup.isFleeting;
}
