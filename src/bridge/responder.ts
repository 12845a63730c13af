/**
 * Octets of a query in, octets of the reply out: the order in which things are asked, and what is shared. Knows no
 * socket; whom it asks is filled in by `bridge.ts`.
 */
import { Rcode, Type } from "../dns/wire/codes.ts";
import { decodeMessage } from "../dns/wire/decode.ts";
import type { Message } from "../dns/wire/message.ts";
import { foldLabel, isWithin, type Name } from "../dns/wire/name.ts";
import { aged, staleWith } from "./answer-life.ts";
import { KnownAnswers, type Known } from "./known-answers.ts";
import { outgoing } from "./outgoing.ts";
import { receive, type ClientQuestion } from "./receive.ts";
import { relay } from "./relay.ts";
import {
  danglingAlias,
  encodeReply,
  ExtendedError,
  nothingBut,
  turned,
  underName,
  type Content,
  type Transport,
} from "./reply.ts";
import { route, type RoutePolicy, type Step } from "./route.ts";
import type { UpstreamReply } from "./upstreams.ts";

export interface ResponderPolicy extends RoutePolicy {
  /** Whether what Rollcall has answered is kept for its TTL. */
  keepsAnswers: boolean;
  /** How long beyond its TTL an answer may stand in for one that cannot be had; 0 for never. */
  staleForSeconds: number;
  /** The TTLs of such an answer. */
  staleTtlSeconds: number;
}

export interface ResponderDeps {
  nowMs: () => number;
  /** At least 0 and below 1. */
  random: () => number;
  sleep: (ms: number) => Promise<undefined>;
  askRollcall: (query: Uint8Array<ArrayBuffer>) => Promise<UpstreamReply | undefined>;
  rollcallIsLost: () => boolean;
  /** The host's own resolver. */
  askResolver: (query: Uint8Array<ArrayBuffer>) => Promise<Uint8Array | undefined>;
}

/** What was found at a name in Rollcall. */
interface Found {
  content: Content;
  extendedError?: number;
}

/** Whoever knows something stale waits no longer than this for something better (RFC 8767 §5). */
const staleAfterMs = 1800;

export class Responder {
  readonly #policy: ResponderPolicy;
  readonly #deps: ResponderDeps;
  readonly #known = new KnownAnswers();
  readonly #underWay = new Map<string, Promise<unknown>>();

  constructor(policy: ResponderPolicy, deps: ResponderDeps) {
    this.#policy = policy;
    this.#deps = deps;
  }

  /** Undefined when there is nothing to reply to. Never rejects. */
  async answer(octets: Uint8Array, transport: Transport): Promise<Uint8Array | undefined> {
    const received = receive(octets);
    switch (received.kind) {
      case "ignored":
        return undefined;
      case "turned-away":
        return encodeReply(received.query, received.question, this.#nothingBut(received.rcode), transport);
      case "question":
        return this.#answerQuestion(received.question, transport);
    }
  }

  async #answerQuestion(asked: ClientQuestion, transport: Transport): Promise<Uint8Array> {
    const steps = route(asked.question, this.#policy);
    for (const [index, step] of steps.entries()) {
      const isLast = index === steps.length - 1;
      const reply = await this.#take(step, asked, transport, isLast);
      if (reply !== undefined) return reply;
    }
    return encodeReply(asked, asked.question, this.#nothingBut(Rcode.servFail), transport);
  }

  /** Undefined when the name does not exist there, and there is another step to take. */
  async #take(
    step: Step,
    asked: ClientQuestion,
    transport: Transport,
    isLast: boolean,
  ): Promise<Uint8Array | undefined> {
    switch (step.kind) {
      case "refused":
        return this.#reply(asked, transport, {
          content: this.#nothingBut(Rcode.refused),
          extendedError: ExtendedError.notAuthoritative,
        });
      case "outside":
        return this.#outside(asked, transport, step.via);
      case "rollcall": {
        const found = await this.#lookUp(asked, step.name);
        if (found.content.rcode === Rcode.nxDomain && !isLast) return undefined;
        const content = underName(turned(found.content, this.#deps.random()), step.name, asked.question.name);
        return this.#reply(asked, transport, { ...found, content: await this.#followed(asked, content) });
      }
    }
  }

  #reply(asked: ClientQuestion, transport: Transport, { content, extendedError }: Found): Uint8Array {
    return encodeReply(asked, asked.question, content, transport, extendedError);
  }

  /** What is known and fresh, else what Rollcall says, else what is known and stale. */
  async #lookUp(asked: ClientQuestion, name: Name): Promise<Found> {
    const query = outgoing(asked, name, true);
    const known = this.#known.get(query.key);
    const nowMs = this.#deps.nowMs();
    const isFresh = known !== undefined && nowMs < known.freshUntilMs;
    if (isFresh) return this.#found(aged(known.message, nowMs - known.asOfMs));
    const stale = this.#staleOf(known, nowMs);
    if (stale !== undefined && this.#deps.rollcallIsLost()) return stale;
    const asking = this.#shared(query.key, () => this.#askRollcall(query.octets, query.key));
    const message = await (stale === undefined ? asking : Promise.race([asking, this.#deps.sleep(staleAfterMs)]));
    if (message === undefined || message.rcode === Rcode.servFail) return stale ?? this.#unanswered(message);
    return this.#found(message);
  }

  #found(message: Message): Found {
    const recursionAvailable = message.recursionAvailable || this.#policy.outside === "forward";
    return { content: { ...message, recursionAvailable } };
  }

  #staleOf(known: Known | undefined, nowMs: number): Found | undefined {
    const { staleForSeconds, staleTtlSeconds } = this.#policy;
    if (known === undefined || nowMs >= known.freshUntilMs + staleForSeconds * 1000) return undefined;
    const extendedError =
      known.message.rcode === Rcode.nxDomain ? ExtendedError.staleDenial : ExtendedError.staleAnswer;
    return { ...this.#found(staleWith(known.message, staleTtlSeconds)), extendedError };
  }

  #unanswered(message: Message | undefined): Found {
    if (message !== undefined) return this.#found(message);
    return { content: this.#nothingBut(Rcode.servFail), extendedError: ExtendedError.noReachableAuthority };
  }

  async #askRollcall(octets: Uint8Array<ArrayBuffer>, key: string): Promise<Message | undefined> {
    const reply = await this.#deps.askRollcall(octets);
    const message = reply && decodeMessage(reply.octets);
    if (reply === undefined || message === undefined) return undefined;
    const asOfMs = reply.askedAtMs - reply.ageSeconds * 1000;
    const isKept = this.#policy.keepsAnswers && reply.mayBeKept;
    if (isKept) this.#known.keep(key, message, reply.octets.length, asOfMs);
    return aged(message, reply.ageSeconds * 1000);
  }

  /** As it comes, from the host's resolver or from that of Rollcall. */
  async #outside(asked: ClientQuestion, transport: Transport, via: "forward" | "upstream"): Promise<Uint8Array> {
    const reply = await this.#askOutside(asked, asked.question.name, via);
    if (reply !== undefined) return relay(asked, reply, transport);
    const content = this.#nothingBut(Rcode.servFail);
    return this.#reply(asked, transport, { content, extendedError: ExtendedError.noReachableAuthority });
  }

  /** One question at a time: if the resolver asks us what we have asked it, it waits for itself and not for ever more. */
  #askOutside(asked: ClientQuestion, name: Name, via: "forward" | "upstream"): Promise<Uint8Array | undefined> {
    const { octets, key } = outgoing(asked, name, false);
    return this.#shared(`outside ${key}`, async () =>
      via === "forward" ? this.#deps.askResolver(octets) : (await this.#deps.askRollcall(octets))?.octets,
    );
  }

  /**
   * Resolvers of programs do not follow an alias themselves, so where an ExternalName leads out of Rollcall, the host's
   * resolver is asked for the rest. Its records are plain ones, for no others are asked for.
   */
  async #followed(asked: ClientQuestion, content: Content): Promise<Content> {
    const target = danglingAlias(content);
    const { type } = asked.question;
    const isWanted = type === Type.A || type === Type.AAAA;
    if (target === undefined || !isWanted || this.#policy.outside !== "forward") return content;
    if (this.#policy.zones.some((zone) => isWithin(target.map(foldLabel), zone))) return content;
    const octets = await this.#askOutside(asked, target, "forward");
    const rest = octets && decodeMessage(octets);
    if (rest === undefined) return { ...content, rcode: Rcode.servFail };
    const { rcode, answers, authority } = rest;
    return { ...content, rcode, authoritative: false, answers: [...content.answers, ...answers], authority };
  }

  #nothingBut(rcode: number): Content {
    return nothingBut(rcode, this.#policy.outside === "forward");
  }

  /** Those who ask the same at the same time wait for one answer. */
  #shared<Value>(key: string, ask: () => Promise<Value>): Promise<Value> {
    const underWay = this.#underWay.get(key) as Promise<Value> | undefined;
    if (underWay !== undefined) return underWay;
    const asking = ask().finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, asking);
    return asking;
  }
}
