import { quote } from "../../document/index.ts";
import { type Access, accessOf, type Field, fieldName, isPlain, type Reader } from "../../request/index.ts";
import { absorbSeed, type Arm, fieldUses, type Match, type Plan, type Sticky } from "../../plan/index.ts";
import { COMPARED, SOUGHT_PARAMETERS } from "../lookup/classify.ts";
import { type Discriminator, findDiscriminator } from "../lookup/discriminator.ts";
import { type Dispatch, dispatchOf } from "../lookup/dispatch.ts";
import { findHash, type Hash } from "../lookup/hash.ts";
import type { Constant } from "./literal.ts";

/** The code of a plan: a function body and what it stands on. */
export interface GeneratedCode {
  /** Statements of a strict function over `request`, `arguments`, the constants, the parts and `decisions`; they return a decision, or throw what reading throws. */
  readonly body: readonly string[];
  /** Values that the body names: tables and states, as literals of plain data. */
  readonly constants: ReadonlyMap<string, Constant>;
  /** The names of the functions that the body calls. */
  readonly calls: ReadonlySet<string>;
}

/**
 * A plan as JavaScript. Each text of the request is read once, where it is first needed; rules that look at different things
 * stand as plain comparisons, others as a dispatch by bits. `unreadable` is the statement for a request
 * without headers, `random` the expression for a random draw. Every name and value of the config passes through `quote`.
 */
export function generate<R>(plan: Plan, reader: Reader<R>, unreadable: string, random: string): GeneratedCode {
  const writer = new Writer(plan, reader as Reader<unknown>, unreadable, random);
  writer.write();
  return writer;
}

/** The random draw of code for which no other source is given. Called by this name it is part of the code that V8 makes. */
export const MATH_RANDOM = "Math.random()";

/** Up to so many rules that share fields, comparisons in turn are shorter and as fast as bits. */
const STRAIGHT_RULES = 2;

/** Up to so many values without a hash are compared in turn; more are looked up in a `Map`. */
const CHAINED = 16;

/** Up to so many arms are compared in turn; more are looked up by their slots. */
const COMPARED_ARMS = 65;

/** So many conditions may stand within each other. */
const NESTED = 8;

/** Collects the lines of one function, and remembers which texts and fields are already in variables. */
class Writer implements GeneratedCode {
  readonly body: string[] = [];
  readonly constants: Map<string, Constant> = new Map();
  readonly calls: Set<string> = new Set();
  readonly #constantNames: Map<Constant, string> = new Map();
  readonly #constantCounts: Map<string, number> = new Map();
  readonly #plan: Plan;
  readonly #reader: Reader<unknown>;
  readonly #texts: Map<string, string> = new Map();
  readonly #places: Map<string, FieldVariables> = new Map();
  /** What was read in the blocks that are open, each as the way to forget it. */
  readonly #read: (() => void)[] = [];
  readonly #unreadable: string;
  readonly #crowded: boolean;
  readonly #random: string;
  #armTable: Int32Array | undefined;
  #depth = 0;
  #names = 0;

  constructor(plan: Plan, reader: Reader<unknown>, unreadable: string, random: string) {
    this.#plan = plan;
    this.#reader = reader;
    this.#unreadable = unreadable;
    this.#crowded = new Set(fieldsOf(plan).flatMap((field) => (field.kind === "query" ? [field.name] : []))).size > SOUGHT_PARAMETERS;
    this.#random = random;
  }

  write(): void {
    this.#line(`const carrier = ${this.#expression(this.#reader.openText)};`);
    this.#line(`if (typeof carrier !== "object" || carrier === null) ${this.#unreadable}`);
    const uses = new Map<string, number>();
    for (const { test } of this.#plan.rules)
      for (const { field } of test.matches) uses.set(fieldName(field), (uses.get(fieldName(field)) ?? 0) + 1);
    if ([...uses.values()].every((count) => count === 1) || this.#plan.rules.length <= STRAIGHT_RULES) this.#straight();
    else this.#dispatch(dispatchOf(this.#plan));
    this.#split();
  }

  #straight(): void {
    const uses = new Map<string, number>();
    for (const field of fieldsOf(this.#plan)) uses.set(this.#textOf(field), (uses.get(this.#textOf(field)) ?? 0) + 1);
    for (const { test, outcome } of this.#plan.rules) {
      for (const { field } of test.matches) if ((uses.get(this.#textOf(field)) ?? 0) > 1) this.#text(accessOf(this.#reader, field));
      if (test.kind === "any") {
        for (const match of test.matches) {
          this.#nested([match], `return decisions[${outcome}];`);
        }
      } else this.#conditions(test.matches, `return decisions[${outcome}];`);
    }
  }

  /** The decision of a rule behind a condition for each match. Many conditions stand beside, not within each other: parsers recurse. */
  #conditions(matches: readonly Match[], statement: string): void {
    if (matches.length <= NESTED) return this.#nested(matches, statement);
    const label = `rule${this.body.length}`;
    this.#block(`${label}: {`, () => {
      const owned = new Set<string>();
      for (const match of matches) {
        const { owns } = this.#place(match.field);
        if (owns !== undefined) owned.add(owns);
        this.#line(`if (!(${this.#matches(match)})) break ${label};`);
      }
      for (const owns of owned) this.#line(`if (!${owns}) break ${label};`);
      this.#line(statement);
    });
  }

  /**
   * The statement within a condition for each match: a field is read only once those before it hold. Whether the values are the
   * request's own is asked last, once for all: `Object.hasOwn` takes 20 ns, more than comparing a value.
   */
  #nested(matches: readonly Match[], statement: string, owned: readonly string[] = []): void {
    const [first, ...rest] = matches;
    if (first === undefined) return this.#line(statement);
    const { owns } = this.#place(first.field);
    const all = owns === undefined || owned.includes(owns) ? owned : [...owned, owns];
    const condition = this.#matches(first);
    if (rest.length === 0) return this.#line(`if (${[condition, ...all].join(" && ")}) ${statement}`);
    this.#block(`if (${condition}) {`, () => this.#nested(rest, statement, all));
  }

  /** A block; what is read in it is forgotten behind it. */
  #block(head: string, write: () => void): void {
    const outer = this.#read.length;
    this.#line(head);
    this.#depth++;
    write();
    this.#depth--;
    this.#line("}");
    for (const forget of this.#read.splice(outer)) forget();
  }

  #textOf(field: Field): string {
    return accessOf(this.#reader, field).text();
  }

  /** Whether a field has one of the values, its own or not, as a condition. */
  #matches({ field, values }: Match): string {
    const place = this.#place(field);
    if (place.kind !== "query") {
      const unit = unitOf(place, values);
      if (unit !== undefined) return `${this.#numberByUnit(place, unit)} !== 0`;
    }
    if (values.length > COMPARED) return `${this.#number(field, values)} !== 0`;
    return values.length > 1 ? `(${this.#oneOf(place, values)})` : this.#oneOf(place, values);
  }

  /** A value that may be undefined is asked for its type first: V8 then compares strings as strings, which saves 1 to 2 ns. */
  #oneOf(place: FieldVariables, values: readonly string[]): string {
    const any = values.map((value) => this.#is(place, value)).join(" || ") || "false";
    if (place.from !== undefined) return any;
    return `typeof ${place.text} === "string" && ${values.length > 1 ? `(${any})` : any}`;
  }

  #is(place: FieldVariables, value: string): string {
    if (place.kind === "query") return `(${place.from} !== -1 && ${this.#queryIs(place, value)})`;
    const is = this.#isAt(place, quote(value), String(value.length));
    return place.from === undefined ? is : `(${place.from} !== -1 && ${is})`;
  }

  /** Compared in place, where decoding leaves the value alone and the request has no escapes there. */
  #queryIs({ text, name, from }: QueryVariables, value: string): string {
    if (!isPlain(value)) return `${this.#call("queryDecoded")}(${text}, ${name}) === ${quote(value)}`;
    return `${this.#call("queryIs")}(${text}, ${name}, ${from}, ${quote(value)})`;
  }

  /** The same of a place that is known to be there; the value and its length are expressions. */
  #isAt({ kind, text, from, to }: TextVariables, value: string, length: string): string {
    if (from === undefined) return `${text} === ${value}`;
    if (kind === "cookie") return `${this.#call("cookieIs")}(${text}, ${from}, ${value})`;
    return `${to} - ${from} === ${length} && ${text}.startsWith(${value}, ${from})`;
  }

  /** The number of the value that a field has, as an expression: from 1, or 0. */
  #number(field: Field, values: readonly string[]): string {
    const place = this.#place(field);
    if (place.kind === "query") return this.#queryNumber(place, values);
    const unit = unitOf(place, values);
    if (unit !== undefined) return this.#numberByUnit(place, unit);
    const hash = values.length > COMPARED ? findHash(values) : undefined;
    if (hash === undefined) return values.length > CHAINED ? this.#numberByMap(place, values) : this.#chain(place, values);
    if (place.from === undefined) return this.#wholeNumber(place.text, hash);
    const table = this.#constant("values", hash);
    return `(${place.from} === -1 ? 0 : ${this.#call("findPart")}(${table}, ${place.text}, ${place.from}, ${this.#end(place)}))`;
  }

  #queryNumber(place: QueryVariables, values: readonly string[]): string {
    if (values.length <= COMPARED) return this.#chain(place, values);
    const { text, name, from } = place;
    const hash = values.every(isPlain) ? findHash(values) : undefined;
    if (hash !== undefined)
      return `(${from} === -1 ? 0 : ${this.#call("findQuery")}(${this.#constant("values", hash)}, ${text}, ${name}, ${from}))`;
    const numbers = this.#constant("numbers", new Map(values.map((value, index) => [value, index + 1])));
    return `(${from} === -1 ? 0 : (${numbers}.get(${this.#call("queryDecoded")}(${text}, ${name})) ?? 0))`;
  }

  /** One unit, and one comparison. */
  #numberByUnit(place: TextVariables, { at, numbers, values }: Discriminator): string {
    const number = `number${this.body.length}`;
    const { text, from } = place;
    const [there, position] =
      from === undefined
        ? [`typeof ${text} === "string" && ${text}.length > ${at}`, at]
        : [`${from} !== -1 && ${text}.length > ${from} + ${at}`, `${from} + ${at}`];
    const value = `${this.#constant("values", values)}[${number} - 1]`;
    this.#line(`let ${number} = 0;`, `if (${there}) {`);
    this.#line(`  ${number} = ${this.#constant("numbers", numbers)}[${text}.charCodeAt(${position}) & ${numbers.length - 1}];`);
    this.#line(`  if (${number} !== 0 && !(${this.#isAt(place, value, `${value}.length`)})) ${number} = 0;`, "}");
    return number;
  }

  /** `findWhole` in line: the positions are known, so nothing of the table but its cells is read. */
  #wholeNumber(text: string, { min, max, positions, index, hashes, values }: Hash): string {
    const id = this.body.length;
    const [number, hash, cell] = [`number${id}`, `hash${id}`, `cell${id}`];
    const cells = this.#constant("cells", index);
    const known = this.#constant("hashes", hashes);
    const list = this.#constant("values", values);
    const mask = index.length - 1;
    const length = min === max ? `${text}.length === ${min}` : `${text}.length >= ${min} && ${text}.length <= ${max}`;
    this.#line(`let ${number} = 0;`);
    this.#line(`if (typeof ${text} === "string" && ${length}) {`);
    this.#line(`  let ${hash} = ${text}.length;`);
    for (const position of positions) {
      const unit = `${text}.charCodeAt(${position < 0 ? `${text}.length - ${-position}` : position})`;
      this.#line(`  ${hash} = Math.imul(${hash} ^ ${unit}, 0x9e3779b1);`);
      this.#line(`  ${hash} ^= ${hash} >>> 15;`);
    }
    this.#line(`  for (let ${cell} = ${hash} & ${mask}; ${cells}[${cell}] !== 0; ${cell} = (${cell} + 1) & ${mask}) {`);
    this.#line(`    if (${known}[${cell}] === ${hash} && ${list}[${cells}[${cell}] - 1] === ${text}) {`);
    this.#line(`      ${number} = ${cells}[${cell}];`, "      break;", "    }", "  }", "}");
    return number;
  }

  #numberByMap(place: TextVariables, values: readonly string[]): string {
    const numbers = this.#constant("numbers", new Map(values.map((value, index) => [value, index + 1])));
    const { text, from } = place;
    if (from === undefined) return `(${numbers}.get(${text}) ?? 0)`;
    return `(${from} === -1 ? 0 : (${numbers}.get(${text}.slice(${from}, ${this.#end(place)})) ?? 0))`;
  }

  #chain(place: FieldVariables, values: readonly string[]): string {
    return `(${values.map((value, index) => `${this.#is(place, value)} ? ${index + 1} : `).join("")}0)`;
  }

  #dispatch({ columns, words, start, outcomes }: Dispatch): void {
    const range = Array.from({ length: words }, (_, word) => word);
    for (const word of range) this.#line(`let all${word} = ${start[word]}, any${word} = 0;`);
    columns.forEach(({ field, values, all, any }, index) => {
      const place = this.#place(field);
      const owns = place.owns === undefined ? "" : `${place.owns}`;
      const number = `n${index}`;
      this.#line(`let ${number} = ${this.#number(field, values)};`);
      if (owns !== "") this.#line(`if (${number} !== 0 && !${owns}) ${number} = 0;`);
      for (const word of range) {
        const at = words === 1 ? number : `${number} * ${words} + ${word}`;
        const column = (bits: Int32Array): Int32Array => bits.filter((_, i) => i % words === word);
        const keep = column(all);
        if (keep.some((bits) => (bits & (start[word] as number)) !== start[word]))
          this.#line(`all${word} &= ${this.#constant("keeps", all)}[${at}];`);
        if (column(any).some((bits) => bits !== 0)) this.#line(`any${word} |= ${this.#constant("adds", any)}[${at}];`);
      }
    });
    const answers = outcomes.every((outcome, bit) => outcome === bit) ? "" : this.#constant("answers", Int32Array.from(outcomes));
    for (const word of range) {
      this.#line(`const held${word} = all${word} | any${word};`);
      const bit = `${32 * word + 31} - Math.clz32(held${word} & -held${word})`;
      this.#line(`if (held${word} !== 0) return decisions[${answers === "" ? bit : `${answers}[${bit}]`}];`);
    }
  }

  #split(): void {
    const { split, error } = this.#plan;
    if (split.kind === "fixed") return this.#line(`return decisions[${split.outcome}];`);
    const { arms, sticky } = split;
    // A parameter that most callers leave out costs 2 ns: V8 copies the frame to push `undefined`.
    this.#line("const draw = arguments[1];");
    this.#block("if (draw === undefined) {", () => {
      for (const { field } of sticky?.keys ?? []) this.#stickyKey(field, sticky as Sticky, arms);
      if (sticky !== undefined && sticky.missing !== "random") this.#line(`return decisions[${sticky.missing}];`);
      else this.#drawn(this.#random, arms, error);
    });
    this.#drawn("draw", arms, error);
  }

  /** The arm of a draw. */
  #drawn(draw: string, arms: readonly Arm[], error: number): void {
    const slot = `${this.#call("slotOf")}(${draw})`;
    if (arms.length > 1) this.#line(`const slot = ${slot};`);
    this.#line(`return ${arms.length > 1 ? "slot" : slot} === -1 ? decisions[${error}] : ${this.#pick(arms, "slot")};`);
  }

  /** The decision of the arm into which a slot falls, as an expression. */
  #pick(arms: readonly Arm[], slot: string): string {
    if (arms.length > COMPARED_ARMS) {
      return `decisions[${this.#constant("arms", this.#tableOf(arms))}[${slot}]]`;
    }
    const last = arms.at(-1) as Arm;
    return `${arms
      .slice(0, -1)
      .map(({ until, outcome }) => `${slot} < ${until} ? decisions[${outcome}] : `)
      .join("")}decisions[${last.outcome}]`;
  }

  #tableOf(arms: readonly Arm[]): Int32Array {
    const table =
      this.#armTable ??
      Int32Array.from(arms.flatMap(({ until, outcome }, index) => Array<number>(until - (arms[index - 1]?.until ?? 0)).fill(outcome)));
    this.#armTable = table;
    return table;
  }

  #stickyKey(field: Field, sticky: Sticky, arms: readonly Arm[]): void {
    const place = this.#place(field);
    if (place.kind === "query") return this.#stickyQuery(place, sticky, arms);
    const from = place.from ?? "0";
    const to = place.from === undefined ? `${place.text}.length` : this.#end(place);
    const present =
      place.from === undefined ? `typeof ${place.text} === "string" && ${place.text} !== ""` : `${from} !== -1 && ${to} > ${from}`;
    const owned = place.owns === undefined ? "" : ` && ${place.owns}`;
    this.#block(`if (${present}${owned}) {`, () => {
      if (arms.length > 1) this.#line(`const slot = ${this.#keySlot(sticky, place.text, from, to)};`);
      this.#line(`return ${this.#pick(arms, "slot")};`);
    });
  }

  /** Hashed in place by murmur3, where the request has no escapes there. */
  #stickyQuery({ text, name, from }: QueryVariables, sticky: Sticky, arms: readonly Arm[]): void {
    const id = this.body.length;
    if (sticky.hash === "murmur3") {
      this.#seed(sticky.seed);
      this.#line(`const slot${id} = ${from} === -1 ? -1 : ${this.#call("slotOfQuery")}(seed0, ${text}, ${name}, ${from});`);
    } else {
      this.#line(`const key${id} = ${from} === -1 ? "" : (${this.#call("queryDecoded")}(${text}, ${name}) ?? "");`);
      this.#line(`const slot${id} = key${id} === "" ? -1 : ${this.#keySlot(sticky, `key${id}`, "0", `key${id}.length`)};`);
    }
    this.#line(`if (slot${id} !== -1) return ${this.#pick(arms, `slot${id}`)};`);
  }

  #seed(seed: string): void {
    if (!this.constants.has("seed0")) this.#constant("seed", { ...absorbSeed(seed) });
  }

  /** The slot of a key that stands in a text. murmur3, the default, hashes it in place, behind a seed that is hashed already. */
  #keySlot({ hash, seed }: Sticky, text: string, from: string, to: string): string {
    if (hash !== "murmur3") return `${this.#call("slotOf")}(${this.#call(`${hash}Draw`)}(${quote(seed)} + ${text}.slice(${from}, ${to})))`;
    this.#seed(seed);
    return `${this.#call("slotOfKey")}(seed0, ${text}, ${from}, ${to})`;
  }

  /** Where a field stands, in variables: a whole text, or a text and where the value begins and ends in it. */
  #place(field: Field): FieldVariables {
    const name = fieldName(field);
    const known = this.#places.get(name);
    if (known !== undefined) return known;
    const place = this.#newPlace(field);
    this.#places.set(name, place);
    this.#read.push(() => this.#places.delete(name));
    return place;
  }

  #newPlace(field: Field): FieldVariables {
    const access = accessOf(this.#reader, field);
    const text = this.#text(access);
    const number = this.#names++;
    const ownsText = access.ownsText?.();
    const owns = ownsText === undefined ? undefined : this.#expression(ownsText);
    switch (field.kind) {
      case "header":
      case "attribute":
      case "method":
      case "authority":
        return { kind: "whole", text, from: undefined, to: undefined, owns };
      case "cookie": {
        const from = `from${number}`;
        this.#line(`const ${from} = typeof ${text} !== "string" ? -1 : ${this.#call("cookieStart")}(${text}, ${quote(field.name)});`);
        return { kind: "cookie", text, from, to: `${this.#call("cookieEnd")}(${text}, ${from})`, owns };
      }
      case "path": {
        const from = `from${number}`;
        const to = `to${number}`;
        this.#line(`const ${from} = typeof ${text} !== "string" ? -1 : ${this.#call("pathStart")}(${text});`);
        this.#line(`const ${to} = ${from} === -1 ? -1 : ${this.#call("pathEnd")}(${text}, ${from});`);
        return { kind: "path", text, from, to, owns: undefined };
      }
      case "query": {
        const key = quote(field.name);
        if (isPlain(field.name) && !this.#crowded) {
          const from = `from${number}`;
          this.#line(`const ${from} = typeof ${text} !== "string" ? -1 : ${this.#call("queryStart")}(${text}, ${key});`);
          return { kind: "query", text, name: key, from, owns: undefined };
        }
        const value = `query${number}`;
        this.#line(`const ${value} = typeof ${text} !== "string" ? undefined : ${this.#call("queryDecoded")}(${text}, ${key});`);
        return { kind: "whole", text: value, from: undefined, to: undefined, owns: undefined };
      }
    }
  }

  #end(place: TextVariables): string {
    return place.to ?? "0";
  }

  #text({ text, list }: Access<unknown>): string {
    const expression = text();
    const known = this.#texts.get(expression);
    if (known !== undefined) return known;
    const name = `text${this.#names++}`;
    this.#texts.set(expression, name);
    this.#read.push(() => this.#texts.delete(expression));
    this.#line(`${list === undefined ? "const" : "let"} ${name} = ${this.#expression(expression)};`);
    if (list !== undefined) this.#line(`if (typeof ${name} === "object") ${name} = ${this.#call("joined")}(${name}, ${quote(list)});`);
    return name;
  }

  /** An expression of the reader, whose calls are noted. */
  #expression(text: string): string {
    for (const part of Object.keys(this.#reader.parts)) if (text.startsWith(`${part}(`)) this.calls.add(part);
    return text;
  }

  #call(name: string): string {
    this.calls.add(name);
    return name;
  }

  #constant(kind: string, value: Constant): string {
    const known = this.#constantNames.get(value);
    if (known !== undefined) return known;
    const count = this.#constantCounts.get(kind) ?? 0;
    const name = `${kind}${count}`;
    this.#constantCounts.set(kind, count + 1);
    this.#constantNames.set(value, name);
    this.constants.set(name, value);
    return name;
  }

  #line(...lines: readonly string[]): void {
    for (const line of lines) this.body.push("  ".repeat(this.#depth) + line);
  }
}

/** The fields of a plan, as often as they are asked. */
function fieldsOf(plan: Plan): readonly Field[] {
  return fieldUses(plan).map(({ field }) => field);
}

type FieldVariables = TextVariables | QueryVariables;

/** A parameter of a query: the target, the quoted name, and where `queryStart` says that the value begins. */
interface QueryVariables {
  readonly kind: "query";
  readonly text: string;
  readonly name: string;
  readonly from: string;
  readonly owns: undefined;
}

interface TextVariables {
  readonly kind: "whole" | "cookie" | "path";
  readonly text: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly owns: string | undefined;
}

/** Whole texts are as fast compared with a few values in turn; to compare a part takes a call each. */
function unitOf({ from }: TextVariables, values: readonly string[]): Discriminator | undefined {
  return from === undefined && values.length <= COMPARED ? undefined : findDiscriminator(values);
}
