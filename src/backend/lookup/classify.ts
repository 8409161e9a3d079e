import {
  cookieEnd,
  cookieIs,
  cookieStart,
  type Field,
  isPlain,
  pathEnd,
  pathStart,
  queryDecoded,
  queryEnd,
  queryStart,
} from "../../request/index.ts";
import { candidate, findDiscriminator } from "./discriminator.ts";
import { findHash, findPart, findWhole } from "./hash.ts";

/** From the text in which a field stands to the number, from 1, of the value that it has; 0 for another value or none. */
export type Classify = (text: string) => number;

/** Up to so many values, comparing with each in turn is as fast as a table. */
export const COMPARED = 3;

/** So many parameters of one query are sought in place; for more, the query is decoded once and they are looked up. */
export const SOUGHT_PARAMETERS = 8;

/**
 * A function that tells which of the values a field has. `values` are distinct, and the field can hold each. `crowded` where more
 * than `SOUGHT_PARAMETERS` are asked of the query.
 */
export function classify(field: Field, values: readonly string[], crowded = false): Classify {
  switch (field.kind) {
    case "header":
    case "attribute":
    case "method":
    case "authority":
      return whole(values);
    case "cookie": {
      const { name } = field;
      const [only] = values;
      if (values.length === 1 && only !== undefined) {
        return (text) => {
          const from = cookieStart(text, name);
          return from !== -1 && cookieIs(text, from, only) ? 1 : 0;
        };
      }
      const unit = findDiscriminator(values);
      if (unit !== undefined) {
        return (text) => {
          const from = cookieStart(text, name);
          const number = from === -1 ? 0 : candidate(unit, text, from);
          return number !== 0 && cookieIs(text, from, values[number - 1] as string) ? number : 0;
        };
      }
      const find = part(values);
      return (text) => {
        const from = cookieStart(text, name);
        return from === -1 ? 0 : find(text, from, cookieEnd(text, from));
      };
    }
    case "path": {
      const find = part(values);
      return (text) => {
        const from = pathStart(text);
        return find(text, from, pathEnd(text, from));
      };
    }
    case "query": {
      const { name } = field;
      const find = whole(values);
      const decoded: Classify = (text) => {
        const value = queryDecoded(text, name);
        return value === undefined ? 0 : find(value);
      };
      if (crowded || !isPlain(name) || !values.every(isPlain)) return decoded;
      const inPlace = part(values);
      return (text) => {
        const from = queryStart(text, name);
        return from === -1 ? 0 : from === -2 ? decoded(text) : inPlace(text, from, queryEnd(text, from));
      };
    }
  }
}

function whole(values: readonly string[]): Classify {
  const [first, second] = values;
  if (values.length === 1) return (text) => (text === first ? 1 : 0);
  if (values.length === 2) return (text) => (text === first ? 1 : text === second ? 2 : 0);
  if (values.length <= COMPARED) return (text) => values.indexOf(text) + 1;
  const unit = findDiscriminator(values);
  if (unit !== undefined) {
    return (text) => {
      const number = candidate(unit, text, 0);
      return number !== 0 && text === values[number - 1] ? number : 0;
    };
  }
  const hash = findHash(values);
  if (hash !== undefined) return (text) => findWhole(hash, text);
  const numbers = new Map(values.map((value, index) => [value, index + 1]));
  return (text) => numbers.get(text) ?? 0;
}

function part(values: readonly string[]): (text: string, from: number, to: number) => number {
  const unit = findDiscriminator(values);
  if (unit !== undefined) {
    return (text, from, to) => {
      const number = candidate(unit, text, from);
      const value = values[number - 1];
      return value !== undefined && value.length === to - from && text.startsWith(value, from) ? number : 0;
    };
  }
  if (values.length <= COMPARED) {
    return (text, from, to) => {
      for (let at = 0; at < values.length; at++) {
        const value = values[at] as string;
        if (value.length === to - from && text.startsWith(value, from)) return at + 1;
      }
      return 0;
    };
  }
  const hash = findHash(values);
  if (hash !== undefined) return (text, from, to) => findPart(hash, text, from, to);
  const find = whole(values);
  return (text, from, to) => find(text.slice(from, to));
}
