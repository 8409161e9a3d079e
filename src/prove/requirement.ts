import { nearest, shown } from "../document/index.ts";
import { fieldName, nodeReader, toRequest } from "../request/index.ts";
import { SLOTS, type Version } from "../alias/index.ts";
import { type Compilable, drawAt, leastMoves, movesOf, type Plan, planOf, type Run, runsOf, slotsOf } from "../plan/index.ts";
import { interpret } from "../backend/index.ts";
import { type Answer, answersOf, type Answers, type Difference, differenceAt } from "./difference.ts";
import { drawsOtherwise, EFFORT, type ProofOptions } from "./equivalent.ts";
import { keyedValues } from "./keyed-values.ts";
import { type Overlay, overlays } from "./overlay.ts";
import { search } from "./region.ts";
import { type Values, valuesOf, type Witness, witnessOf } from "./witness.ts";

/** Requests that got one version and get another one. */
export interface VersionMove {
  readonly from: Version;
  readonly to: Version;
}

/** What must be true of a change from one config to another, of every request and every draw, given or the alias's own. */
export type Requirement =
  /** Nothing changes its version. */
  | { readonly kind: "equal" }
  /** What changes its version changes it in one of these ways. */
  | { readonly kind: "only"; readonly moves: readonly VersionMove[] }
  /** No request changes its version for more than `slots` of 10,000 draws. Of a sticky key these are the draws of all keys. */
  | { readonly kind: "no-more-than"; readonly slots: number }
  /** Nothing gets this version that got another one. */
  | { readonly kind: "no-new-requests"; readonly version: Version };

/**
 * What is known of a requirement. `proved`: it is true of every request and draw. `refuted`: false of the example, which was run
 * on both; `moved` are the slots of 10,000 for which requests like it change their version. `unknown`: neither was found.
 */
export type JudgedRequirement =
  | { readonly kind: "proved" }
  | { readonly kind: "refuted"; readonly example: Difference; readonly moved: number }
  | { readonly kind: "unknown" };

/**
 * Proves or refutes what is required of a change, in the order of the requirements. The effort is for all of them together.
 * @throws ConfigError with everything that is wrong with a config
 * @throws RangeError for a requirement that names a version of neither config, or that every change or none would meet
 */
export function judgeChange(
  before: Compilable,
  after: Compilable,
  requirements: readonly Requirement[],
  options: ProofOptions = {},
): readonly JudgedRequirement[] {
  const plans = [planOf(before, options), planOf(after, options)] as const;
  for (const requirement of requirements) checkRequirement(requirement, [...new Set(plans.flatMap(({ versions }) => versions))]);
  const answers = answersOf(...plans);
  const effort = { left: options.effort ?? EFFORT };
  const results = requirements.map((): JudgedRequirement => ({ kind: "proved" }));
  for (const overlay of overlays(...plans)) {
    const moves = movesIn(overlay);
    const isOpen = (requirement: Requirement, index: number): boolean =>
      results[index]?.kind !== "refuted" && moves.some((move) => forbids(requirement, move));
    if (!requirements.some(isOpen)) continue;
    const found = search(overlay.region, effort);
    if (found.kind === "empty") continue;
    requirements.forEach((requirement, index) => {
      if (!isOpen(requirement, index)) return;
      const judging: Judging = { plans, answers, requirement, overlay };
      const judged: JudgedRequirement =
        found.kind === "unknown" ? found : judgeOverlay(judging, valuesOf(overlay.region.alphabet, found.letters));
      if (judged.kind !== "proved") results[index] = judged;
    });
  }
  return results;
}

interface Judging {
  readonly plans: readonly [before: Plan, after: Plan];
  readonly answers: Answers;
  readonly requirement: Requirement;
  readonly overlay: Overlay;
}

function checkRequirement(requirement: Requirement, versions: readonly Version[]): void {
  const checkVersion = (version: Version): void => {
    if (versions.includes(version)) return;
    const near = nearest(version, versions);
    throw new RangeError(`neither config has a version ${shown(version)}${near === undefined ? "" : `: did you mean ${shown(near)}?`}`);
  };
  switch (requirement.kind) {
    case "equal":
      return;
    case "only":
      if (requirement.moves.length === 0) throw new RangeError("no moves are allowed: require `equal`");
      for (const { from, to } of requirement.moves) {
        checkVersion(from);
        checkVersion(to);
        if (from === to) throw new RangeError(`what stays at ${shown(from)} does not move`);
      }
      return;
    case "no-more-than":
      if (requirement.slots >= 0 && requirement.slots < SLOTS) return;
      throw new RangeError(`${shown(requirement.slots)} is no limit: give slots from 0 to less than ${SLOTS}`);
    case "no-new-requests":
      return checkVersion(requirement.version);
    default:
      throw new RangeError(`${shown(String((requirement as { readonly kind: unknown }).kind))} is no kind of requirement`);
  }
}

/** Whether a requirement is against such a move. One of a share may be. */
function forbids(requirement: Requirement, { from, to }: VersionMove): boolean {
  if (from === to) return false;
  switch (requirement.kind) {
    case "equal":
    case "no-more-than":
      return true;
    case "only":
      return !requirement.moves.some((move) => move.from === from && move.to === to);
    case "no-new-requests":
      return to === requirement.version;
  }
}

/** How requests of an overlay change their version: for a draw that is given, and for draws of the routes' own. */
function movesIn({ before, after }: Overlay): readonly VersionMove[] {
  const given = movesOf(before.given, after.given);
  const [one, other] = [before.draw, after.draw];
  const runs = (part: Overlay["before"]): readonly Run[] => (part.draw.kind === "certain" ? certain(part.draw.version) : part.drawn);
  if (one.kind === "random" && other.kind === "random") return given;
  const isOneDraw = one.kind === "key" && other.kind === "key" && !drawsOtherwise(one, other);
  if (isOneDraw || one.kind === "certain" || other.kind === "certain") return [...given, ...movesOf(runs(before), runs(after))];
  const pairs = before.drawn.flatMap(({ version: from }) => after.drawn.map(({ version: to }) => ({ from, to })));
  return [...given, ...pairs];
}

function certain(version: Version): readonly Run[] {
  return [{ until: SLOTS, version }];
}

/** What a requirement says of an overlay of which some request is known. */
function judgeOverlay({ plans, answers, requirement, overlay }: Judging, values: Values): JudgedRequirement {
  const isAgainst = (request: Witness): boolean => requirement.kind !== "no-more-than" || movedAt(plans, request) > requirement.slots;
  if (!isAgainst(witnessOf(values))) return { kind: "proved" };
  const isExample = (one: Answer, other: Answer, request: Witness): boolean => {
    if (requirement.kind === "equal" || requirement.kind === "no-more-than") return isAgainst(request);
    // Shares of two random draws do not show which draws move: one that is given does.
    const isRandom = one.runs.length > 1 && other.runs.length > 1;
    return !isRandom && movesOf(one.runs, other.runs).some((move) => forbids(requirement, move));
  };
  for (const [request, draw] of candidates(overlay, values, (move) => forbids(requirement, move))) {
    const found = differenceAt(answers, request, draw, isExample);
    if (found === undefined) continue;
    const { kind: _, ...example } = found;
    return { kind: "refuted", example, moved: movedAt(plans, example.request) };
  }
  return { kind: "unknown" };
}

/** Requests of an overlay that may show a move: with keys of their own, and with a draw for each move. */
function* candidates(
  overlay: Overlay,
  values: Values,
  isAgainst: (move: VersionMove) => boolean,
): Generator<readonly [request: Witness, draw: number | undefined]> {
  for (const keyed of keyedValues(overlay, values)) yield [witnessOf(keyed), undefined];
  for (const move of movesOf(overlay.before.given, overlay.after.given)) if (isAgainst(move)) yield [witnessOf(values), drawAt(move.first)];
}

/** The slots for which a request changes its version: of draws that are given, or of the routes' own, whichever are more. */
function movedAt([before, after]: Judging["plans"], request: Witness): number {
  const [one, other] = [drawnFor(before, request), drawnFor(after, request)];
  return Math.max(movedSlots(one.given, other.given), movedByDraw(one, other));
}

function movedSlots(before: readonly Run[], after: readonly Run[]): number {
  return movesOf(before, after).reduce((sum, { from, to, slots }) => (from === to ? sum : sum + slots), 0);
}

/** What a request gets for each draw, and what its own draw is called, so that two draws of one name are the same. */
interface Drawn {
  readonly given: readonly Run[];
  readonly own: readonly Run[];
  readonly name: string;
}

function drawnFor(plan: Plan, request: Witness): Drawn {
  const { decision, draw } = interpret(plan, nodeReader, toRequest(request), undefined, () => 0);
  const [alone, split] = [certain(decision.version), runsOf(plan)];
  if (decision.reason === "rule") return { given: alone, own: alone, name: "" };
  if (draw?.from.kind !== "sticky") return { given: split, own: draw === undefined ? alone : split, name: "random" };
  const { field, seed, algorithm } = draw.from;
  return { given: split, own: split, name: JSON.stringify([fieldName(field), seed, algorithm]) };
}

/** The slots that move where each route draws for itself; the expected number where the two draws have nothing to do with each other. */
function movedByDraw(one: Drawn, other: Drawn): number {
  if (one.own.length === 1 || other.own.length === 1 || (one.name === other.name && one.name !== "random"))
    return movedSlots(one.own, other.own);
  const [before, after] = [slotsOf(one.own), slotsOf(other.own)];
  if (one.name === other.name) return leastMoves(before, after);
  return [...before].reduce((left, [version, slots]) => left - (slots * (after.get(version) ?? 0)) / SLOTS, SLOTS);
}
