import { jsonLanguage } from "@codemirror/lang-json";
import { yamlLanguage } from "@codemirror/lang-yaml";
import type { Written } from "./edit.ts";
import { placesOf } from "./places.ts";

/** A text with the places of its values. */
export function writtenOf(text: string, json: boolean): Written {
  return { text, json, places: placesOf((json ? jsonLanguage : yamlLanguage).parser.parse(text), text) };
}
