import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { BUDGETS, type Profile } from "../index.ts";
import { EXAMPLES } from "./examples.ts";
import { saveFile } from "./save.ts";
import type { Page } from "./page.ts";
import { activeDoc } from "./state.ts";

const PROFILES: readonly Profile[] = ["extended", "functiongraph"];

/** The texts that are open, and ways to open more. */
export function Documents({ page: { state, act, say } }: { readonly page: Page }): JSX.Element {
  const [fault, setFault] = useState<string | undefined>(undefined);
  const open = async (files: readonly File[]): Promise<void> => {
    setFault(undefined);
    const docs: { readonly name: string; readonly text: string }[] = [];
    for (const file of files) {
      try {
        if (file.size > BUDGETS.text) throw new RangeError();
        docs.push({ name: file.name, text: new TextDecoder("utf-8", { fatal: true }).decode(await file.arrayBuffer()) });
      } catch (error) {
        setFault(say(error instanceof RangeError ? "open.large" : "open.failed", file.name));
      }
    }
    if (docs.length > 0) act({ kind: "open", docs });
  };
  const doc = activeDoc(state);
  return (
    <div class="documents">
      <div class="names" role="group" aria-label={say("documents")}>
        {state.docs.map(({ name }, index) => (
          <span class="name" key={`${index}${name}`}>
            <button type="button" aria-pressed={index === state.active} onClick={() => act({ kind: "select", index })}>
              {name}
            </button>
            {state.docs.length > 1 && (
              <button type="button" class="close" aria-label={say("close", name)} onClick={() => act({ kind: "close", index })}>
                ×
              </button>
            )}
          </span>
        ))}
      </div>
      <label class="button" title={say("open.hint")}>
        {say("open")}
        <input
          class="hidden"
          type="file"
          multiple
          accept=".json,.yaml,.yml,application/json,text/yaml"
          onChange={({ currentTarget }) => {
            void open([...(currentTarget.files ?? [])]);
            currentTarget.value = "";
          }}
        />
      </label>
      <button type="button" onClick={() => saveFile(doc.name, doc.text)}>
        {say("save")}
      </button>
      <label class="choice">
        <span class="hidden">{say("example")}</span>
        <select
          value=""
          onChange={({ currentTarget }) => {
            const example = EXAMPLES[Number(currentTarget.value)];
            currentTarget.value = "";
            if (example !== undefined) act({ kind: "open", docs: [example] });
          }}
        >
          <option value="">{say("example")}</option>
          {EXAMPLES.map(({ name }, index) => (
            <option key={name} value={index}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="choice">
        <span class="hidden">{say("profile")}</span>
        <select value={state.profile} onChange={({ currentTarget: { value } }) => act({ kind: "profile", profile: value as Profile })}>
          {PROFILES.map((profile) => (
            <option key={profile} value={profile}>
              {say(`profile.${profile}`)}
            </option>
          ))}
        </select>
      </label>
      {fault !== undefined && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
    </div>
  );
}
