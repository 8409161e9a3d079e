import { accessOf, type Reader } from "../../request/index.ts";
import type { Match, Test } from "../../plan/index.ts";
import type { Step } from "./step.ts";
import type { Decision } from "../decision.ts";
import { classify } from "../lookup/classify.ts";

/** Whether a test holds. */
type Holds<R> = (carrier: object, request: R) => boolean;

/** The step of one rule: its decision where the test holds, and the next step otherwise. */
export function ruleStep<R>(reader: Reader<R>, test: Test, decision: Decision, next: Step<R>): Step<R> {
  const [only] = test.matches;
  if (only !== undefined && test.matches.length === 1 && only.field.kind === "header" && only.values.length === 1) {
    const { get, owns } = accessOf(reader, only.field);
    const [value] = only.values;
    if (owns === undefined) {
      return (carrier, request, draw, texts) => (get(carrier, request) === value ? decision : next(carrier, request, draw, texts));
    }
    return (carrier, request, draw, texts) =>
      get(carrier, request) === value && owns(carrier, request) ? decision : next(carrier, request, draw, texts);
  }
  const holds = testHolds(reader, test);
  return (carrier, request, draw, texts) => (holds(carrier, request) ? decision : next(carrier, request, draw, texts));
}

function testHolds<R>(reader: Reader<R>, { kind, matches }: Test): Holds<R> {
  const owners = matches.map((match) => owner(reader, match));
  if (kind === "all")
    return every([...matches.map((match) => matchHolds(reader, match)), ...owners].filter((holds) => holds !== undefined));
  return some(matches.map((match, index) => every([matchHolds(reader, match), owners[index]].filter((holds) => holds !== undefined))));
}

/**
 * Whether all hold, asked from the left. Four are written out: three matches and their owners take 0.83 of what they take as pairs
 * of pairs with one alias in the process, where the engine learns what each place calls, and 0.88 with a hundred.
 */
function every<R>(tests: readonly Holds<R>[]): Holds<R> {
  const [a, b, c, d] = tests;
  if (a === undefined) return () => true;
  if (b === undefined) return a;
  if (c === undefined) return (carrier, request) => a(carrier, request) && b(carrier, request);
  if (d === undefined) return (carrier, request) => a(carrier, request) && b(carrier, request) && c(carrier, request);
  if (tests.length === 4)
    return (carrier, request) => a(carrier, request) && b(carrier, request) && c(carrier, request) && d(carrier, request);
  const others = tests.length > WRITTEN_OUT ? eachOf(tests.slice(4)) : every(tests.slice(4));
  return (carrier, request) =>
    a(carrier, request) && b(carrier, request) && c(carrier, request) && d(carrier, request) && others(carrier, request);
}

/** Up to so many tests are written out, four to a function; of more, the rest is a loop, for functions within each other have an end. */
const WRITTEN_OUT = 32;

function eachOf<R>(tests: readonly Holds<R>[]): Holds<R> {
  return (carrier, request) => {
    for (let at = 0; at < tests.length; at++) if (!(tests[at] as Holds<R>)(carrier, request)) return false;
    return true;
  };
}

/** Whether one of them holds, in the same way. */
function some<R>(tests: readonly Holds<R>[]): Holds<R> {
  const [a, b, c, d] = tests;
  if (a === undefined) return () => false;
  if (b === undefined) return a;
  if (c === undefined) return (carrier, request) => a(carrier, request) || b(carrier, request);
  if (d === undefined) return (carrier, request) => a(carrier, request) || b(carrier, request) || c(carrier, request);
  if (tests.length === 4)
    return (carrier, request) => a(carrier, request) || b(carrier, request) || c(carrier, request) || d(carrier, request);
  const others = tests.length > WRITTEN_OUT ? anyOf(tests.slice(4)) : some(tests.slice(4));
  return (carrier, request) =>
    a(carrier, request) || b(carrier, request) || c(carrier, request) || d(carrier, request) || others(carrier, request);
}

function anyOf<R>(tests: readonly Holds<R>[]): Holds<R> {
  return (carrier, request) => {
    for (let at = 0; at < tests.length; at++) if ((tests[at] as Holds<R>)(carrier, request)) return true;
    return false;
  };
}

/** Whether a field has one of the values, its own or not. */
function matchHolds<R>(reader: Reader<R>, { field, values }: Match): Holds<R> {
  const { get } = accessOf(reader, field);
  const [value] = values;
  if (field.kind === "header" && values.length === 1) return (carrier, request) => get(carrier, request) === value;
  const numberOf = classify(field, values);
  return (carrier, request) => {
    const text = get(carrier, request);
    return text !== undefined && numberOf(text) !== 0;
  };
}

/** Whether that value is the request's own: asked once everything else holds, for it takes 20 ns. */
function owner<R>(reader: Reader<R>, { field }: Match): Holds<R> | undefined {
  return accessOf(reader, field).owns;
}
