import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Page } from "../page.ts";
import { type Part, PARTS, type Row } from "../state.ts";
import { readPaste } from "./paste.ts";
import { fieldsOf } from "./request.ts";

/** Parts of which a request has one, without a name. */
const ALONE: ReadonlySet<Part> = new Set(["method", "path", "host"]);

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"];

/** A request as a form, or pasted. */
export function RequestForm({ page, fault }: { readonly page: Page; readonly fault: string | undefined }): JSX.Element {
  const { state, act, say, reading } = page;
  const [pasting, setPasting] = useState(false);
  const rows = state.rows;
  const setRow = (index: number, row: Row): void => act({ kind: "rows", rows: rows.map((each, at) => (at === index ? row : each)) });
  const fields = reading.plan === undefined ? [] : fieldsOf(reading.plan);
  const missing = fields.filter(({ row }) => !rows.some(({ part, name }) => part === row.part && sameName(part, name, row.name)));
  const valuesOf = ({ part, name }: Row): readonly string[] => {
    const known = fields.find(({ row }) => row.part === part && sameName(part, name, row.name))?.values ?? [];
    return part === "method" ? [...new Set([...known, ...METHODS])] : known.slice(0, 100);
  };
  return (
    <section class="request">
      <h2>
        {say("request")}
        <button type="button" aria-expanded={pasting} onClick={() => setPasting(!pasting)}>
          {say("paste")}
        </button>
      </h2>
      {pasting && <Paste page={page} onDone={() => setPasting(false)} />}
      <ul class="rows">
        {rows.map((row, index) => {
          const label = row.name === "" ? say(`part.${row.part}`) : `${say(`part.${row.part}`)} ${row.name}`;
          const values = valuesOf(row);
          return (
            <li key={index}>
              <select
                aria-label={say("part")}
                value={row.part}
                onChange={({ currentTarget }) => setRow(index, { ...row, part: currentTarget.value as Part })}
              >
                {PARTS.map((part) => (
                  <option key={part} value={part}>
                    {say(`part.${part}`)}
                  </option>
                ))}
              </select>
              {!ALONE.has(row.part) && (
                <input
                  type="text"
                  class="named"
                  aria-label={say("name")}
                  placeholder={say("name")}
                  value={row.name}
                  spellcheck={false}
                  autocapitalize="off"
                  autocomplete="off"
                  onInput={({ currentTarget }) => setRow(index, { ...row, name: currentTarget.value })}
                />
              )}
              <input
                type="text"
                class="valued"
                aria-label={`${label}: ${say("value")}`}
                placeholder={say("value")}
                value={row.value}
                spellcheck={false}
                autocapitalize="off"
                autocomplete="off"
                list={values.length > 0 ? `values-${index}` : undefined}
                onInput={({ currentTarget }) => setRow(index, { ...row, value: currentTarget.value })}
              />
              {values.length > 0 && (
                <datalist id={`values-${index}`}>
                  {values.map((value) => (
                    <option key={value} value={value} />
                  ))}
                </datalist>
              )}
              <button
                type="button"
                class="quiet"
                aria-label={say("remove", label)}
                onClick={() => act({ kind: "rows", rows: rows.filter((_, at) => at !== index) })}
              >
                ×
              </button>
            </li>
          );
        })}
      </ul>
      <p class="chips">
        <button type="button" onClick={() => act({ kind: "rows", rows: [...rows, { part: "header", name: "", value: "" }] })}>
          + {say("add")}
        </button>
        {missing.length > 0 && <span class="hint">{say("reads")}</span>}
        {missing.slice(0, MOST_CHIPS).map(({ row, values }) => (
          <button
            type="button"
            class="chip"
            key={`${row.part} ${row.name}`}
            onClick={() => act({ kind: "rows", rows: [...rows, { ...row, value: values[0] ?? "" }] })}
          >
            + {say(`part.${row.part}`)} {row.name}
          </button>
        ))}
      </p>
      {fault !== undefined && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
    </section>
  );
}

/** Fields that are offered; more would fill the page. */
const MOST_CHIPS = 12;

/** Names of headers are the same in any case. */
function sameName(part: Part, one: string, other: string): boolean {
  return part === "header" ? one.toLowerCase() === other.toLowerCase() : one === other;
}

function Paste({ page: { act, say }, onDone }: { readonly page: Page; readonly onDone: () => void }): JSX.Element {
  const [text, setText] = useState("");
  const read = text.trim() === "" ? undefined : readPaste(text);
  return (
    <div class="paste">
      <label>
        <span>{say("paste.label")}</span>
        <textarea rows={5} value={text} spellcheck={false} onInput={({ currentTarget }) => setText(currentTarget.value)} />
      </label>
      {read !== undefined && (
        <p role="status" class={"fault" in read ? "fault" : "hint"}>
          {"fault" in read ? say("paste.none", read.fault) : say("paste.took", read.kind)}
          {"left" in read && read.left.length > 0 && ` · ${say("paste.left", read.left.join(", "))}`}
        </p>
      )}
      <p class="actions">
        <button
          type="button"
          class="main"
          disabled={read === undefined || "fault" in read}
          onClick={() => {
            if (read === undefined || "fault" in read) return;
            act({ kind: "rows", rows: read.rows });
            onDone();
          }}
        >
          {say("paste.take")}
        </button>
        <button type="button" class="quiet" onClick={onDone}>
          {say("paste.cancel")}
        </button>
      </p>
    </div>
  );
}
