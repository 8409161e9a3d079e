import { nearest, type Pointer, pointer, shown } from "../document/index.ts";
import type { AliasConfig } from "../alias/index.ts";
import { Refusals } from "./refusals.ts";
import type { Document } from "./documents.ts";
import type { Lossless, Lossy, Note, Report } from "./report.ts";

/** An object of a document. */
export type Fields = Readonly<Record<string, unknown>>;

/** A document that is read, with what is found of it. */
export class Reading {
  readonly refusals: Refusals = new Refusals();
  readonly lossless: Lossless[] = [];
  readonly lossy: Lossy[] = [];
  readonly notes: Note[] = [];

  /** Refuses a part. */
  refuse(at: Pointer, construct: string, why: string, help: string): undefined {
    this.refusals.add(at, construct, why, help);
    return undefined;
  }

  /**
   * The fields of an object. A key that is not known is refused: what it asks for would be lost. Keys that stand `aside` choose no version,
   * and are noted. Null is as good as absent.
   */
  fields(value: unknown, at: Pointer, known: readonly string[], aside: readonly string[] = []): Fields {
    if (!isFields(value)) {
      this.refuse(at, "value", "expected an object", "write an object");
      return {};
    }
    for (const key of Object.keys(value)) {
      if (known.includes(key) || value[key] === null) continue;
      if (aside.includes(key)) {
        this.note(pointer(at, key), `key ${key}`, "it chooses no version, and is left out");
        continue;
      }
      const near = nearest(key, [...known, ...aside]);
      const help = near === undefined ? "take it out, or convert what it asks for by hand" : `did you mean \`${near}\`?`;
      this.refuse(pointer(at, key), `key ${key}`, `the key ${shown(key)} is not understood`, help);
    }
    return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== null));
  }

  /** The items of a list; none where there is no value. */
  items(value: unknown, at: Pointer): readonly (readonly [unknown, Pointer])[] {
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.refuse(at, "value", "expected a list", "write a list");
      return [];
    }
    return (value as readonly unknown[]).map((item, index) => [item, pointer(at, index)] as const);
  }

  /** A text; numbers count as they are written. */
  text(value: unknown, at: Pointer): string | undefined {
    if (value === undefined) return undefined;
    if (typeof value === "string") return value;
    if (typeof value === "number" || typeof value === "boolean") return String(value);
    return this.refuse(at, "value", "expected text", "write it in quotes");
  }

  /** A number that is not negative; texts of numbers count, as annotations and environments have them. */
  number(value: unknown, at: Pointer): number | undefined {
    if (value === undefined) return undefined;
    const number =
      typeof value === "number"
        ? value
        : typeof value === "string" && /^\d+(?:\.\d+)?(?:[eE]-?\d+)?$/.test(value)
          ? Number(value)
          : Number.NaN;
    if (Number.isFinite(number) && number >= 0) return number;
    return this.refuse(at, "value", `${shown(String(value))} is no number from 0`, "write a number");
  }

  keeps(at: Pointer, construct: string): void {
    this.lossless.push({ at, construct });
  }

  /** What was found. A part that is refused, lossy or noted is not lossless too. */
  report(): Report {
    const refused = this.refusals.all;
    const odd = new Set([...refused, ...this.lossy, ...this.notes].map(({ at }) => at));
    const lossless = this.lossless.filter(({ at }) => !odd.has(at));
    return { lossless, lossy: this.lossy, refused, ...(this.notes.length > 0 && { notes: this.notes }) };
  }

  /** Tells of a part that has no share in choosing a version. */
  note(at: Pointer, construct: string, why: string): void {
    this.notes.push({ at, construct, why });
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A form that an alias can be read from. */
export interface Source {
  readonly name: string;
  readonly says: string;
  /** Whether a document is of this form. */
  readonly isOne: (document: Fields) => boolean;
  /** Whether a document says more about one of this form. */
  readonly isBeside?: (document: Fields) => boolean;
  /** The alias of a document, where there is one; all else is in the reading. */
  readonly read: (document: Document, reading: Reading, beside: readonly Document[]) => AliasConfig | undefined;
}

/** A fraction of one in percent, in steps of 0.01: 0.29 is 29, though 0.29 * 100 is not in doubles. */
function percentOf(fraction: number): { readonly percent: number; readonly exact: boolean } {
  const slots = Math.round(fraction * 10_000);
  return { percent: slots / 100, exact: Math.abs(fraction * 10_000 - slots) < 1e-6 };
}

/** Reads a weight that is a fraction of one; a share that is no step of 0.01 % is rounded, and told. */
export function weightOf(value: unknown, version: string, at: Pointer, reading: Reading): number | undefined {
  const fraction = reading.number(value, at);
  if (fraction === undefined) return undefined;
  if (fraction > 1)
    return reading.refuse(
      at,
      `weight of ${version}`,
      `${shown(String(value))} is more than 1, which is everything`,
      "write a fraction of one",
    );
  const { percent, exact } = percentOf(fraction);
  if (exact) reading.keeps(at, `weight of ${version}`);
  else
    reading.lossy.push({
      at,
      construct: `weight of ${version}`,
      why: "a share that is no step of 0.01 %",
      example: {
        request: { method: "GET", target: "/", headers: [] },
        alias: `${version} for ${percent} %`,
        other: `${version} for ${fraction * 100} %`,
      },
    });
  return percent;
}
