/**
 * Reads variables by their names: what a list, a number, an address range is. Whatever is wrong is noted with the name,
 * and read as something harmless, so that all that is wrong is found at once. Knows nothing of what the variables mean.
 */
import type { PortRange } from "../access/address-policy.ts";
import { parseIp, parseIpRange, type Ip, type IpRange } from "../domain/ip.ts";
import type { Variables } from "./variables.ts";

type VariableName = keyof Variables;

export class VariableReader {
  /** What is wrong, in the order in which it was read. */
  readonly errors: string[] = [];
  readonly #variables: Variables;

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  /** Undefined when there is no such variable; "" is a text. What wrangler.toml holds without quotes comes as a number. */
  text(name: VariableName): string | undefined {
    const value = this.#variables[name] as string | number | boolean | undefined;
    return value === undefined ? undefined : String(value);
  }

  /** Whether it says anything. */
  isSet(name: VariableName): boolean {
    return (this.text(name) ?? "") !== "";
  }

  /** Notes what the value of a variable must be, and is not. */
  refuse(name: VariableName, mustBe: string): void {
    this.errors.push(`${name} must be ${mustBe}, not ${JSON.stringify(this.text(name))}`);
  }

  oneOf<Known extends string>(name: VariableName, known: readonly Known[], usual: Known): Known {
    const text = this.text(name) ?? usual;
    const found = known.find((each) => each === text);
    if (found === undefined) this.refuse(name, `${known.slice(0, -1).join(", ")} or ${known.at(-1)}`);
    return found ?? usual;
  }

  /** 0 when it is not set. */
  wholeNumber(name: VariableName, most: number): number {
    const text = this.text(name) ?? "";
    if (text === "") return 0;
    if (/^\d{1,9}$/.test(text) && Number(text) <= most) return Number(text);
    this.refuse(name, `a whole number from 0 to ${most}`);
    return 0;
  }

  /** What stands between commas, without blanks around it; nothing is no entry. */
  list(name: VariableName, usual = ""): string[] {
    return (this.text(name) ?? usual)
      .split(",")
      .map((entry) => entry.trim())
      .filter((entry) => entry !== "");
  }

  /** The entries of a list as `parse` reads them; `isWhat` says why one that it does not know is wrong: `is no name`. */
  entries<Value>(
    name: VariableName,
    parse: (entry: string) => Value | undefined,
    isWhat: string,
    usual?: string,
  ): Value[] {
    return this.list(name, usual).flatMap((entry) => {
      const value = parse(entry);
      if (value !== undefined) return [value];
      this.errors.push(`${name}: ${JSON.stringify(entry)} ${isWhat}`);
      return [];
    });
  }

  addresses(name: VariableName): Ip[] {
    return this.entries(name, parseIp, "is no IP address");
  }

  ranges(name: VariableName, usual?: string): IpRange[] {
    return this.entries(name, parseIpRange, "is no address range such as 10.0.0.0/8", usual);
  }

  ports(name: VariableName, usual?: string): PortRange[] {
    return this.entries(name, parsePorts, "is neither a port such as 25 nor a range such as 6000-6063", usual);
  }
}

function parsePorts(text: string): PortRange | undefined {
  const [first, last = first] = (/^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? []).slice(1).filter(Boolean).map(Number);
  const isRange = first !== undefined && last !== undefined && first <= last && last <= 65_535;
  return isRange ? { first, last } : undefined;
}
