/**
 * Reads label selectors as clients write them: `a=b`, `a==b`, `a!=b`, `a in (x,y)`, `a notin (x,y)`, `a`, `!a`, joined
 * by commas. Source of grammar and wordings: k8s.io/apimachinery, pkg/labels/selector.go.
 */
import type { LabelRequirement } from "../../domain/labels.ts";
import { badRequest, type Refusal } from "../refusal.ts";
import { fieldErrorText } from "../validation/field-error.ts";
import { check } from "../validation/metadata.ts";
import { isLabelValue, isQualifiedName } from "../validation/names.ts";

/** The requirements of a selector, none for an empty one. */
export function parseLabelSelector(text: string): LabelRequirement[] | Refusal {
  const result = new Parser(tokensOf(text)).selector();
  return Array.isArray(result) ? result : badRequest(result.problem);
}

/** A word, one of the symbols, or the empty text that ends the selector. */
interface Token {
  isWord: boolean;
  text: string;
}

interface Problem {
  problem: string;
}

type Parsed<T> = T | Problem;

const end: Token = { isWord: false, text: "" };

function tokensOf(text: string): Token[] {
  const matches = text.matchAll(/(?<symbol>==|!=|[=!(),<>])|(?<word>[^\s=!(),<>]+)/g);
  return Array.from(matches, ([token, symbol]) => ({ isWord: symbol === undefined, text: token }));
}

function unexpected({ text }: Token, expected: string): Problem {
  return { problem: `found '${text}', expected: ${expected}` };
}

function isProblem(value: object): value is Problem {
  return "problem" in value;
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  selector(): Parsed<LabelRequirement[]> {
    const requirements: LabelRequirement[] = [];
    if (this.#peek() === end) return requirements;
    if (!this.#atRequirement()) return unexpected(this.#peek(), "!, identifier, or 'end of string'");
    for (;;) {
      const requirement = this.#requirement();
      if (isProblem(requirement)) return { problem: `unable to parse requirement: ${requirement.problem}` };
      requirements.push(requirement);
      const separator = this.#take();
      if (separator === end) return requirements;
      if (separator.text !== ",") return unexpected(separator, "',' or 'end of string'");
      if (!this.#atRequirement()) return unexpected(this.#peek(), "identifier after ','");
    }
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? end;
  }

  #take(): Token {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  #atRequirement(): boolean {
    return this.#peek().isWord || this.#peek().text === "!";
  }

  #atSeparator(): boolean {
    return this.#peek() === end || this.#peek().text === ",";
  }

  #requirement(): Parsed<LabelRequirement> {
    const negated = this.#peek().text === "!";
    if (negated) this.#take();
    const key = this.#take();
    if (!key.isWord) return unexpected(key, "identifier");
    const [error] = check("key", key.text, isQualifiedName);
    if (error !== undefined) return { problem: fieldErrorText(error) };
    if (negated) return { operator: "absent", key: key.text };
    return this.#atSeparator() ? { operator: "exists", key: key.text } : this.#comparison(key.text);
  }

  #comparison(key: string): Parsed<LabelRequirement> {
    const operator = this.#take();
    switch (operator.text) {
      case "=":
      case "==":
        return withValues("in", key, this.#value());
      case "!=":
        return withValues("notin", key, this.#value());
      case "in":
      case "notin":
        return withValues(operator.text, key, this.#values());
      default:
        return unexpected(operator, "in, notin, =, ==, !=");
    }
  }

  /** What follows an equals sign; nothing stands for the empty value. */
  #value(): Parsed<string[]> {
    if (this.#atSeparator()) return [""];
    const value = this.#take();
    return value.isWord ? [value.text] : unexpected(value, "identifier");
  }

  /** What stands in parentheses; nothing between commas stands for the empty value. */
  #values(): Parsed<string[]> {
    const open = this.#take();
    if (open.text !== "(") return unexpected(open, "'('");
    const values: string[] = [];
    for (;;) {
      values.push(this.#peek().isWord ? this.#take().text : "");
      const separator = this.#take();
      if (separator.text === ")") return values;
      if (separator.text !== ",") return unexpected(separator, "',' or ')'");
    }
  }
}

function withValues(operator: "in" | "notin", key: string, values: Parsed<string[]>): Parsed<LabelRequirement> {
  if (isProblem(values)) return values;
  const [error] = values.flatMap((value, index) => check(`values[${index}][${key}]`, value, isLabelValue));
  if (error !== undefined) return { problem: fieldErrorText(error) };
  return { operator, key, values: [...new Set(values)] };
}
