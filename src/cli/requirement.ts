import type { Requirement, VersionMove } from "../index.ts";
import { nearest, visible } from "../alias/surface.ts";
import { percentage } from "./arguments.ts";
import { Refusal } from "./terminal/host.ts";

/** The words of `--require`, each with what it takes. */
const WORDS = {
  equal: { takes: undefined, example: "equal" },
  only: { takes: "moves", example: "only v1:v2" },
  "no-more-than": { takes: "a percentage", example: "no-more-than 10" },
  "no-new-requests": { takes: "a version", example: "no-new-requests v3" },
} as const;

type Word = keyof typeof WORDS;

/** A requirement as it is written. Its versions are looked up when both configs are read. */
export interface WrittenRequirement {
  readonly text: string;
  /** @throws Refusal where a version is none of these */
  readonly read: (versions: readonly string[]) => Requirement;
}

/** Reads `--require`: a word, and behind a blank or a colon what it takes. */
export function readRequirement(text: string, option: string): WrittenRequirement {
  const [, name = "", rest = ""] = /^\s*([^\s:]*)[\s:]*(.*?)\s*$/s.exec(text) ?? [];
  const words = Object.keys(WORDS) as readonly Word[];
  const word = words.find((each) => each === name);
  if (word === undefined) {
    const near = nearest(name, words);
    const known = words.map((each) => `\`${WORDS[each].example}\``).join(", ");
    throw new Refusal(
      `\`${option} ${text}\` is no requirement`,
      near === undefined ? `write one of ${known}` : `did you mean \`${WORDS[near].example}\`?`,
    );
  }
  const { takes, example } = WORDS[word];
  if (takes === undefined && rest !== "") throw new Refusal(`\`${option} ${text}\`: \`${word}\` takes nothing`, `write \`${example}\``);
  if (takes !== undefined && rest === "") throw new Refusal(`\`${option} ${text}\`: \`${word}\` needs ${takes}`, `as in \`${example}\``);
  return { text: text.trim(), read: readerOf(word, rest, `${option} ${text}`) };
}

function readerOf(word: Word, rest: string, given: string): WrittenRequirement["read"] {
  switch (word) {
    case "equal":
      return () => ({ kind: "equal" });
    case "only":
      return (versions) => ({ kind: "only", moves: rest.split(/\s+/).map((move) => readMove(move, versions, given)) });
    case "no-more-than": {
      const percent = percentage(rest, word);
      if (percent === 100) throw new Refusal(`\`${given}\` allows everything`, "write less than 100 %");
      // 0.29 * 100 is not 29 in doubles.
      const slots = Math.round(percent * 1e6) / 1e4;
      return () => ({ kind: "no-more-than", slots });
    }
    case "no-new-requests":
      return (versions) => {
        checkVersion(rest, versions, given);
        return { kind: "no-new-requests", version: rest };
      };
  }
}

/** A move as `v1:v2`. The names of versions may have colons too. */
function readMove(text: string, versions: readonly string[], given: string): VersionMove {
  const colons = [...text].flatMap((letter, index) => (letter === ":" ? [index] : []));
  const moves = colons.map((at): VersionMove => ({ from: text.slice(0, at), to: text.slice(at + 1) }));
  const [move, another] = moves.filter(({ from, to }) => versions.includes(from) && versions.includes(to));
  if (another !== undefined) throw new Refusal(`\`${given}\`: \`${text}\` can be read in two ways`);
  if (move === undefined) {
    const [one] = moves;
    if (one === undefined)
      throw new Refusal(`\`${given}\`: \`${text}\` is no move`, "write it as `v1:v2`, and several with blanks between them");
    for (const version of [one.from, one.to]) checkVersion(version, versions, given);
    throw new Refusal(`\`${given}\`: \`${text}\` is no move`);
  }
  if (move.from === move.to) throw new Refusal(`\`${given}\`: \`${text}\` does not move`, "name two versions");
  return move;
}

function checkVersion(version: string, versions: readonly string[], given: string): void {
  if (versions.includes(version)) return;
  const near = nearest(version, versions);
  const known = versions.slice(0, 10).map((each) => `\`${visible(each)}\``);
  const help = near === undefined ? `the two have ${known.join(", ")}` : `did you mean \`${near}\`?`;
  throw new Refusal(`\`${given}\`: neither config has a version \`${version}\``, help);
}
