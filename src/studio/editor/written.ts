import { jsonLanguage } from "@codemirror/lang-json";
import { yamlLanguage } from "@codemirror/lang-yaml";
import { type Places, placesOf } from "./places.ts";

/** A text, where its values stand, and whether it is JSON; otherwise it is YAML. */
export interface Written {
  readonly text: string;
  readonly places: Places;
  readonly json: boolean;
}

/** A text with the places of its values. */
export function writtenOf(text: string, json: boolean): Written {
  return { text, json, places: placesOf((json ? jsonLanguage : yamlLanguage).parser.parse(text), text) };
}
