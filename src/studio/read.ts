import { type Alias, type AliasConfig, BUDGETS, type Checked, parseText, type Plan, plan, type Profile, readText } from "../index.ts";
import { parseYaml, readYaml } from "../yaml/index.ts";

/** A text that is to be read as an alias. */
export interface AliasText {
  readonly text: string;
  readonly json: boolean;
  readonly profile: Profile;
}

/** What a text says. The plan is there where the text has no errors. */
export interface Reading {
  readonly source: AliasText;
  readonly checked: Checked<Alias>;
  readonly plan: Plan | undefined;
}

/** Reads a text. Never throws. The last few are kept: the same text gives the same reading, as each part of the page asks for it. */
export function read(source: AliasText): Reading {
  const at = recent.findIndex((each) => isSame(each.source, source));
  const [known] = at === -1 ? [] : recent.splice(at, 1);
  if (known !== undefined) {
    recent.unshift(known);
    return known;
  }
  const { text, json, profile } = source;
  const checked = json ? parseText(text, { profile }) : parseYaml(text, { profile });
  const reading: Reading = { source, checked, plan: checked.ok ? plan(checked.value) : undefined };
  recent.unshift(reading);
  recent.length = Math.min(recent.length, MOST_RECENT);
  return reading;
}

/** The config as it is written, which has what an alias no longer has; undefined where the text has errors. */
export function configOf(source: AliasText): AliasConfig | undefined {
  if (!read(source).checked.ok) return undefined;
  const value = source.json ? readText(source.text) : readYaml(source.text, BUDGETS.text);
  return value.ok ? (value.value.value as AliasConfig) : undefined;
}

const MOST_RECENT = 4;
const recent: Reading[] = [];

function isSame(one: AliasText, other: AliasText): boolean {
  return one.text === other.text && one.json === other.json && one.profile === other.profile;
}
