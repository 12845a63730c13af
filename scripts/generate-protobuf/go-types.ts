/**
 * Reads the type information that every Go program carries for reflection: which fields a struct has, of which types,
 * with which tags. For 64-bit ELF programs of Linux that are not position independent, such as Kubernetes' releases.
 * Source: Go's internal/abi/type.go, unchanged in layout from Go 1.18 on.
 */
export interface GoField {
  name: string;
  tag: string;
  type: GoType;
}

export type GoType =
  | { kind: "pointer" | "slice"; element: GoType }
  | { kind: "map"; value: GoType }
  /** `name` has the package's last word (`v1.Pod`), `path` is the package's import path. */
  | { kind: "struct"; name: string; path: string; fields: GoField[] }
  | { kind: "bool" | "int32" | "int64" | "uint8" | "string" | "other" };

interface Section {
  address: number;
  offset: number;
  size: number;
}

/** Kinds as Go's runtime numbers them. */
const scalarKinds = { 1: "bool", 5: "int32", 6: "int64", 8: "uint8", 24: "string" } as const;
const [mapKind, pointerKind, sliceKind, structKind] = [21, 22, 23, 25];

/** Offsets within a type's description, in octets, and the size of what all kinds have in common. */
const [flagsAt, kindAt, nameAt, commonSize] = [20, 23, 40, 48];
const structSize = 80;
const fieldSize = 24;
const extraStarFlag = 2;
const uncommonFlag = 1;

export class GoTypes {
  readonly #bytes: Buffer;
  readonly #sections: ReadonlyMap<string, Section>;
  readonly #known = new Map<number, GoType>();

  constructor(program: Buffer) {
    this.#bytes = program;
    this.#sections = readSections(program);
  }

  /** The structs that the program can make pointers to, by import path and name, of one package. */
  structsOf(path: string): Map<string, GoType & { kind: "struct" }> {
    const links = this.#section(".typelink");
    const found = new Map<string, GoType & { kind: "struct" }>();
    for (let at = 0; at < links.size; at += 4) {
      const pointer = this.#typesBase + this.#bytes.readInt32LE(links.offset + at);
      if (this.#kindOf(pointer) !== pointerKind) continue;
      const address = this.#pointerAt(pointer + commonSize);
      if (this.#kindOf(address) !== structKind || this.#pathOf(address) !== path) continue;
      const type = this.#typeAt(address);
      if (type.kind === "struct") found.set(type.name, type);
    }
    return found;
  }

  #typeAt(address: number): GoType {
    const known = this.#known.get(address);
    if (known !== undefined) return known;
    const kind = this.#kindOf(address);
    if (kind === structKind) return this.#structAt(address);
    const type = this.#plainAt(address, kind);
    this.#known.set(address, type);
    return type;
  }

  #plainAt(address: number, kind: number): GoType {
    const element = (): GoType => this.#typeAt(this.#pointerAt(address + commonSize));
    if (kind === pointerKind) return { kind: "pointer", element: element() };
    if (kind === sliceKind) return { kind: "slice", element: element() };
    if (kind === mapKind) return { kind: "map", value: this.#typeAt(this.#pointerAt(address + commonSize + 8)) };
    return { kind: scalarKinds[kind as keyof typeof scalarKinds] ?? "other" };
  }

  /** Remembered before its fields are read: a struct may point to itself. */
  #structAt(address: number): GoType {
    const name = this.#nameAt(this.#typesBase + this.#int32At(address + nameAt)).text;
    const hasStar = (this.#byteAt(address + flagsAt) & extraStarFlag) !== 0;
    const type: GoType & { kind: "struct" } = {
      kind: "struct",
      name: hasStar ? name.slice(1) : name,
      path: this.#pathOf(address),
      fields: [],
    };
    this.#known.set(address, type);
    const [first, count] = [this.#pointerAt(address + commonSize + 8), this.#pointerAt(address + commonSize + 16)];
    for (let at = first; at < first + count * fieldSize; at += fieldSize) {
      const { text, tag } = this.#nameAt(this.#pointerAt(at));
      type.fields.push({ name: text, tag, type: this.#typeAt(this.#pointerAt(at + 8)) });
    }
    return type;
  }

  #pathOf(structAddress: number): string {
    if ((this.#byteAt(structAddress + flagsAt) & uncommonFlag) === 0) return "";
    return this.#nameAt(this.#typesBase + this.#int32At(structAddress + structSize)).text;
  }

  /** Flags, then a text and, if flagged, a tag, each behind its length. */
  #nameAt(address: number): { text: string; tag: string } {
    const hasTag = (this.#byteAt(address) & 2) !== 0;
    const text = this.#textAt(address + 1);
    return { text: text.text, tag: hasTag ? this.#textAt(text.end).text : "" };
  }

  #textAt(address: number): { text: string; end: number } {
    let [length, shift, at] = [0, 0, address];
    for (; (this.#byteAt(at) & 0x80) !== 0; at++, shift += 7) length |= (this.#byteAt(at) & 0x7f) << shift;
    length |= this.#byteAt(at) << shift;
    const start = this.#offsetOf(at + 1);
    return { text: this.#bytes.toString("utf8", start, start + length), end: at + 1 + length };
  }

  get #typesBase(): number {
    return this.#section(".rodata").address;
  }

  #kindOf(address: number): number {
    return this.#byteAt(address + kindAt) & 31;
  }

  #byteAt(address: number): number {
    return this.#bytes.readUInt8(this.#offsetOf(address));
  }

  #int32At(address: number): number {
    return this.#bytes.readInt32LE(this.#offsetOf(address));
  }

  #pointerAt(address: number): number {
    return Number(this.#bytes.readBigUInt64LE(this.#offsetOf(address)));
  }

  #offsetOf(address: number): number {
    for (const { address: start, offset, size } of this.#sections.values()) {
      if (address >= start && address < start + size) return offset + address - start;
    }
    throw new Error(`no section holds the address ${address}`);
  }

  #section(name: string): Section {
    const section = this.#sections.get(name);
    if (section === undefined) throw new Error(`the program has no section ${name}`);
    return section;
  }
}

/** Those that are mapped into memory. Source: the ELF specification, Elf64_Ehdr and Elf64_Shdr. */
function readSections(bytes: Buffer): Map<string, Section> {
  if (bytes.toString("latin1", 0, 5) !== "\u007fELF\u0002") throw new Error("not a 64-bit ELF program");
  const [table, entrySize] = [Number(bytes.readBigUInt64LE(40)), bytes.readUInt16LE(58)];
  const [count, namesIndex] = [bytes.readUInt16LE(60), bytes.readUInt16LE(62)];
  const namesOffset = Number(bytes.readBigUInt64LE(table + namesIndex * entrySize + 24));
  const sections = new Map<string, Section>();
  for (let header = table; header < table + count * entrySize; header += entrySize) {
    const nameOffset = namesOffset + bytes.readUInt32LE(header);
    const name = bytes.toString("latin1", nameOffset, bytes.indexOf(0, nameOffset));
    const [address, offset, size] = [16, 24, 32].map((at) => Number(bytes.readBigUInt64LE(header + at)));
    if (address !== undefined && address > 0 && offset !== undefined && size !== undefined) {
      sections.set(name, { address, offset, size });
    }
  }
  return sections;
}
